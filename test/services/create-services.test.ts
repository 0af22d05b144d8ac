import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { useTempFolder } from '../helpers/temp.ts';
import { HubWorld } from './hub-world.ts';

const folder = useTempFolder();

describe('the services', () => {
  it('tell on the first start alone where the recovery key is', async () => {
    const world = new HubWorld(folder());
    await world.start();
    const [first] = world.notices.splice(0);
    await world.stop();
    await world.start();
    await world.close();

    expect(first).toMatchObject({ kind: 'first-start', file: expect.stringContaining('RECOVERY') });
    expect(readFileSync((first as { file: string }).file, 'utf8')).toContain('PRIVATE KEY');
    expect(world.notices).toEqual([]);
  });

  it('leave nothing open when they cannot start, so that the next try works', async () => {
    const world = new HubWorld(folder());
    const blocking = new HubWorld(folder());
    await blocking.start();

    await expect(world.start({ database: ':memory:' })).rejects.toMatchObject({
      code: 'HUB_ALREADY_RUNNING',
    });
    await expect(world.start({ listen: 'tcp:1' })).rejects.toMatchObject({ code: 'HUB_ADDRESS_INVALID' });
    await blocking.stop();
    await world.start();
    await world.close();

    expect(existsSync(join(folder(), 'run'))).toBe(false);
  });

  it('are closed once, however often that is asked', async () => {
    const world = new HubWorld(folder());
    await world.start();
    const { services } = world as { services: { close?(): Promise<void> } };

    await services.close?.();
    await services.close?.();
    await world.close();

    expect(world.faults).toEqual([]);
  });
});
