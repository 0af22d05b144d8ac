import { describe, expect, it } from 'vitest';
import { type ChecklistFacts, checklist } from '../../../../src/agent/cli/guided/checklist.ts';
import { checklistLines } from '../../../../src/agent/cli/views/guided-start.ts';

const FINE: ChecklistFacts = {
  source: '/home/me/clone',
  files: 3,
  unreadable: [],
  running: undefined,
  projects: { of: 2, clean: 2, changed: [], unknown: [], notLooked: 0 },
  readiness: {
    ready: true,
    places: [
      place('installation', undefined, 5_000_000_000),
      place('new home', { from: 1_000, to: 1_000_000 }, 9_000_000_000),
      place('backups', { from: 1_000, to: 2_099_000_000 }, 8_000_000_000),
    ],
    findings: [],
  },
  index: { state: 'answers', host: 'pypi.org' },
  home: '/home/me',
};

function place(
  what: 'installation' | 'new home' | 'backups',
  needed: { from: number; to: number } | undefined,
  free: number,
) {
  return {
    what,
    path: `/home/me/${what}`,
    file_system: 'ext4',
    free_bytes: free,
    needed_bytes: needed,
    writable: true,
    synced_by: undefined,
    remote: false,
  };
}

const states = (facts: Partial<ChecklistFacts>) =>
  checklist({ ...FINE, ...facts }).map(({ name, state }) => `${name}: ${state}`);

describe('the checklist', () => {
  it('has a figure in each row', () => {
    expect(checklistLines(checklist(FINE))).toEqual([
      'Before you begin',
      '  ✓ Installation         ~/clone can be read, 3 files of yours',
      '  ✓ Orchestrator         none is running',
      '  ✓ Git of the projects  2 of 2 without uncommitted changes',
      '  ✓ Room on the disk     up to 2.1 GB needed, 8.0 GB free',
      '  ✓ Network              pypi.org answers; only installing the package needs it',
      '',
    ]);
  });

  it('is stopped by a running orchestrator', () => {
    expect(states({ running: { pid: 42, from: 'processes' } as never })[1]).toBe('Orchestrator: stop');
  });

  it('is stopped by a full disk, and says what to do', () => {
    const finding = {
      code: 'no-room',
      level: 'error',
      message: 'Too little room for backups',
      fix: 'Make room.',
    } as const;
    const rows = checklist({ ...FINE, readiness: { ...FINE.readiness, findings: [finding] } });
    expect(rows[3]).toMatchObject({
      name: 'Room on the disk',
      state: 'stop',
      more: ['Too little room for backups', 'Make room.'],
    });
  });

  it('names projects with changes that were not committed, and that nothing of theirs is changed', () => {
    const projects = {
      of: 4,
      clean: 1,
      changed: [{ project: 'web', files: 1 }],
      unknown: ['api'],
      notLooked: 1,
    };
    const row = checklist({ ...FINE, projects })[2];
    expect(row?.state).toBe('look');
    expect(row?.more).toEqual([
      'web: 1 file not committed',
      'api: git could not tell',
      '1 project not looked at: it would take too long',
      'No file of a project is changed by the migration.',
    ]);
  });

  it('tells a silent network and files that cannot be read, which stop nothing', () => {
    const unreadable = [{ path: 'notes.md', reason: 'permission denied' }];
    expect(states({ index: { state: 'silent', host: 'pypi.org' }, unreadable })).toEqual([
      'Installation: look',
      'Orchestrator: ok',
      'Git of the projects: ok',
      'Room on the disk: ok',
      'Network: look',
    ]);
    expect(states({ index: { state: 'offline' } })[4]).toBe('Network: ok');
  });

  it('has a row for anything else that is worth knowing', () => {
    const finding = {
      code: 'sync-folder',
      level: 'warning',
      message: 'The backups lie in Dropbox',
      fix: 'Pause it.',
    } as const;
    const rows = checklist({ ...FINE, readiness: { ...FINE.readiness, findings: [finding] } });
    expect(rows.at(-1)).toEqual({
      name: 'Worth knowing',
      state: 'look',
      text: 'The backups lie in Dropbox',
      more: ['Pause it.'],
    });
  });
});
