import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { diskNeed, totalOf } from '../../../src/agent/plan/disk-need.ts';
import { readinessOf } from '../../../src/agent/plan/readiness.ts';
import type { System } from '../../../src/agent/system.ts';
import { put } from '../../fixtures/write-files.ts';
import { withOverrides } from '../../helpers/faulty-system.ts';
import { withFiles } from '../../helpers/machine.ts';
import { makeClone, planOf, systemAt } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const temp = useTempFolder();

describe('readiness', () => {
  it('names each place with what it needs and what is free', () => {
    const { ready, places, findings } = look();
    expect(ready).toBe(true);
    expect(findings).toEqual([]);
    expect(
      places.map(({ what, needed_bytes: needed, writable }) => [what, needed !== undefined, writable]),
    ).toEqual([
      ['installation', false, true],
      ['new home', true, true],
      ['backups', true, true],
      ['agent home', true, true],
    ]);
  });

  it('is none where the room is surely too little, and doubtful where it is perhaps', () => {
    const base = systemAt(temp());
    const short = look(withOverrides(base, { freeBytes: () => 10 }));
    expect(short.ready).toBe(false);
    expect(short.findings).toMatchObject([
      { code: 'no-room', level: 'error', fix: expect.stringContaining('--backup-dir') },
    ]);
    const { from } = totalOf(diskNeed(plan()));
    const tight = look(withOverrides(base, { freeBytes: () => from + 1 }));
    expect(tight.ready).toBe(true);
    expect(tight.findings).toMatchObject([{ code: 'no-room', level: 'warning' }]);
  });

  it('is none where a place is mounted read-only or may not be written to', () => {
    const table = `27 1 254:0 / / rw - ext4 /dev/vda rw\n40 27 0:50 / ${join(temp(), 'backups')} ro - ext4 /dev/sdb ro\n`;
    put(temp(), 'backups/.keep', '');
    const base = withFiles(systemAt(temp()), { '/proc/self/mountinfo': table });
    const readOnlyMount = look(base);
    expect(readOnlyMount.ready).toBe(false);
    expect(readOnlyMount.findings).toMatchObject([
      { code: 'not-writable', level: 'error', file: join(temp(), 'backups') },
    ]);
    const denied = look(withOverrides(systemAt(temp()), { canWrite: () => false }));
    expect(denied.findings.map(({ code }) => code)).toEqual(Array(3).fill('not-writable'));
  });

  it('names the places and projects in sync folders and on other computers', () => {
    put(temp(), 'Dropbox/api/x', '');
    put(temp(), 'nas/web/x', '');
    const table = `27 1 254:0 / / rw - ext4 /dev/vda rw\n40 27 0:50 / ${join(temp(), 'nas')} rw - nfs4 server:/x rw\n`;
    const base = withFiles(systemAt(temp()), { '/proc/self/mountinfo': table });
    const projects = {
      'projects/api.yaml': 'path: ~/Dropbox/api\n',
      'projects/web.yaml': 'path: ~/nas/web\n',
    };
    const { findings, ready } = look(base, projects);
    expect(ready).toBe(true);
    expect(findings).toMatchObject([
      {
        code: 'sync-folder',
        message: expect.stringContaining('Project api'),
        fix: expect.stringContaining('Dropbox'),
      },
      {
        code: 'network-file-system',
        message: expect.stringContaining('Project web'),
        file: join(temp(), 'nas/web'),
      },
    ]);
  });
});

function plan(files: Record<string, string> = {}) {
  return planOf(makeClone(join(temp(), 'clone'), { 'config.yml': 'a: 1\n', ...files }));
}

function look(system: System = systemAt(temp()), files: Record<string, string> = {}) {
  const made = plan(files);
  const places = { backups: join(temp(), 'backups'), agentHome: join(temp(), 'agent') };
  return readinessOf(system, made.survey, places, diskNeed(made));
}
