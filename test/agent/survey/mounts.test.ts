import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isInside } from '../../../src/agent/paths.ts';
import type { Plan } from '../../../src/agent/plan/plan.ts';
import { backupRequest } from '../../../src/agent/run/backup-request.ts';
import type { RunRecord } from '../../../src/agent/run/run-record.ts';
import type { FileStat, PathLike } from '../../../src/agent/system.ts';
import { put } from '../../fixtures/write-files.ts';
import { withOverrides } from '../../helpers/faulty-system.ts';
import { makeClone, planOf, rowOf, systemAt } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const temp = useTempFolder();

let mounted: string[];
/** Where this user or this machine may not mount anything: folders that are said to lie on another file system. */
let foreign: string[];
beforeEach(() => {
  mounted = [];
  foreign = [];
});
afterEach(() => {
  for (const at of mounted) expect(spawnSync('umount', [at]).status).toBe(0);
});

/** A file system of its own at this folder, with one file on it. */
function mount(at: string): void {
  mkdirSync(at, { recursive: true });
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', at]);
  (status === 0 ? mounted : foreign).push(at);
  writeFileSync(join(at, 'mine.txt'), 'mine\n');
}

function planHere(clone: string): Plan {
  const system = systemAt(temp());
  const elsewhere = (path: PathLike, stat: FileStat | undefined) =>
    stat !== undefined && foreign.some((folder) => isInside(String(path), folder))
      ? { ...stat, dev: stat.dev + 1n }
      : stat;
  const machine = withOverrides(system, {
    lstat: (path) => elsewhere(path, system.lstat(path)),
    stat: (path) => elsewhere(path, system.stat(path)),
  });
  return planOf(clone, { system: machine });
}

describe('Another file system', () => {
  it('in the clone has a row in the ledger, a warning and a gap in the backup, and is not looked into', () => {
    const clone = makeClone(join(temp(), 'clone'), { 'notes.md': 'note' });
    mount(join(clone, 'data'));

    const plan = planHere(clone);

    expect(rowOf(plan, 'data/', 'file')).toMatchObject({
      fate: 'left',
      note: 'another file system: not looked into, not in the backup',
    });
    expect(plan.content.counts.file.total).toBe(3);
    expect(plan.survey.findings).toContainEqual(
      expect.objectContaining({ code: 'mount', level: 'warning', file: 'data' }),
    );
    expect(JSON.stringify(plan.content)).not.toContain('mine.txt');
    expect(gapsOf(plan)).toContainEqual(expect.objectContaining({ kind: 'mount', root: 'source' }));
  });

  it('in the home is a warning and a gap in the backup', () => {
    const clone = makeClone(join(temp(), 'clone'));
    put(temp(), '.agent-workflow/config.yaml', 'version: "1.0"\n');
    mount(join(temp(), '.agent-workflow/volume'));

    const plan = planHere(clone);

    expect(plan.survey.findings).toContainEqual(
      expect.objectContaining({ code: 'mount', file: join(temp(), '.agent-workflow/volume') }),
    );
    expect(gapsOf(plan)).toContainEqual(
      expect.objectContaining({ kind: 'mount', root: 'target', rel: 'volume' }),
    );
  });

  it('deeper in a folder of the home gets no file of the clone', () => {
    const clone = makeClone(join(temp(), 'clone'), { 'notes/a.md': 'note' });
    put(temp(), '.agent-workflow/config.yaml', 'version: "1.0"\n');
    mount(join(temp(), '.agent-workflow/custom/notes'));

    expect(planHere(clone).draft.files.map(({ to }) => to)).toEqual(['custom/notes.from-clone/a.md']);
  });

  it.each(['', 'projects', 'custom'])('at the home itself or at its folder %j is refused', (name) => {
    const clone = makeClone(join(temp(), 'clone'));
    const home = join(temp(), '.agent-workflow');
    if (name !== '') put(home, 'config.yaml', 'version: "1.0"\n');
    const at = join(home, name);
    mount(at);

    expect(() => planHere(clone)).toThrow(
      expect.objectContaining({ code: 'TARGET_IS_MOUNT', message: expect.stringContaining(at) }),
    );
  });
});

function gapsOf(plan: Plan) {
  const record = { backups: '/backups', id: 'run-1' } as RunRecord;
  return backupRequest(plan, record).gaps;
}
