import { chmodSync, chownSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { otherInstallations } from '../../../../src/agent/survey/machine/other-installations.ts';
import { put } from '../../../fixtures/write-files.ts';
import { withOverrides } from '../../../helpers/faulty-system.ts';
import { makeClone, systemAt } from '../../../helpers/plan.ts';
import { useTempFolder } from '../../../helpers/temp.ts';

const temp = useTempFolder();
const home = () => join(temp(), 'home/m');

describe('other installations', () => {
  it('are found for all users and in other homes, with whose they are; the clone itself is none', () => {
    const clone = installation('home/m/agent-workflow');
    const shared = installation('opt/agent-workflow');
    const foreign = installation('home/n/src/aw');
    if (process.getuid?.() === 0) chownSync(foreign, 12345, 12345);

    const { found, blindSpots } = look(clone);

    expect(found.map(({ path }) => path)).toEqual([foreign, shared].sort());
    if (process.getuid?.() === 0) expect(found.find(({ path }) => path === foreign)?.isOwn).toBe(false);
    expect(found.find(({ path }) => path === shared)?.isOwn).toBe(true);
    expect(blindSpots).toEqual([]);
  });

  it('that may lie where this user cannot look are said, with a command to look there', () => {
    const clone = installation('home/m/agent-workflow');
    installation('home/n/aw');
    const closed = join(temp(), 'home/n');
    chmodSync(closed, 0o700);
    const base = systemAt(home());
    const system = withOverrides(base, { canRead: (path) => path !== closed && base.canRead(path) });

    const { found, blindSpots } = look(clone, system);

    expect(found).toEqual([]);
    expect(blindSpots).toEqual([
      {
        what: closed,
        why: expect.stringContaining('permission'),
        run: expect.stringContaining(`sudo find ${closed} `),
      },
    ]);
  });
});

function installation(path: string): string {
  const clone = makeClone(join(temp(), path));
  put(clone, 'lib/x.py', '');
  return clone;
}

function look(clone: string, system = withOverrides(systemAt(home()), {})) {
  return otherInstallations(system, clone, {
    shared: [join(temp(), 'opt'), join(temp(), 'missing')],
    homes: [join(temp(), 'home'), join(temp(), 'missing')],
  });
}
