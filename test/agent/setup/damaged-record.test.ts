import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AgentHome } from '../../../src/agent/agent-home.ts';
import { RealSystem } from '../../../src/agent/real-system.ts';
import { retire, retiredTo, unretire } from '../../../src/agent/setup/retire.ts';
import { damagedSetupRecords, readSetupRecords } from '../../../src/agent/setup/setup-run.ts';
import { takeBackSetupFor } from '../../../src/agent/setup/take-back.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const folder = useTempFolder();
const home = () => new AgentHome(join(folder(), 'agent'));
const named = () => expect.objectContaining({ code: 'RUN_RECORD_DAMAGED', file: path() });
const path = () => join(home().setup, 'run-1', 'run.json');

function damage(): void {
  mkdirSync(join(home().setup, 'run-1'), { recursive: true });
  writeFileSync(path(), '{"schema": "awm/setup/1", "id": "run-1", "acti');
}

function machine(): { system: RealSystem; clone: string; target: string } {
  const [clone, target] = [join(folder(), 'clone'), join(folder(), 'target')];
  mkdirSync(clone);
  mkdirSync(target);
  return { system: new RealSystem({ HOME: folder() }), clone, target };
}

describe('A damaged record of the final setup', () => {
  test('is told by a rollback, which takes back all the others', () => {
    const { system, clone, target } = machine();
    const to = retire(system, { home: home() }, clone, target);
    damage();
    expect(damagedSetupRecords(system, home())).toMatchObject([{ id: 'run-1', path: path() }]);
    expect(readSetupRecords(system, home())).toHaveLength(1);
    expect(retiredTo(system, home(), clone)).toBe(to);
    expect(takeBackSetupFor(system, home(), target)).toEqual({
      takenBack: [clone],
      left: [{ path: path(), reason: 'The record of run run-1 is damaged.' }],
    });
    expect(existsSync(clone)).toBe(true);
  });

  test('is in the way of everything new, and of saying that there is nothing to give back', () => {
    const { system, clone, target } = machine();
    damage();
    expect(() => retire(system, { home: home() }, clone, target)).toThrowError(named());
    expect(() => unretire(system, { home: home() })).toThrowError(named());
    expect(existsSync(clone)).toBe(true);
  });
});
