import { describe, expect, it } from 'vitest';
import { backupLines, progressBar, stageHeading } from '../../../../src/agent/cli/views/guided-stages.ts';
import type { GuidedEnd } from '../../../../src/agent/cli/views/guided-summary.ts';
import { guidedSummary } from '../../../../src/agent/cli/views/guided-summary.ts';
import { STAGES } from '../../../../src/shared/stages.ts';

const check = (name: string, done: number, of: number, status: string) => ({
  name,
  status,
  ok: true,
  done,
  of,
  bytes: 0,
});

describe('what a guided migration shows', () => {
  it('numbers its phases', () => {
    expect(STAGES.map(({ name }) => stageHeading(name)[0])).toEqual([
      'Phase 1 of 5: Analysis and plan',
      'Phase 2 of 5: Safety backup',
      'Phase 3 of 5: Conversion of the configuration',
      'Phase 4 of 5: Validation',
      'Phase 5 of 5: Final setup',
    ]);
  });

  it('draws progress with files and bytes, never beyond its end', () => {
    expect(progressBar(6, 12, 1_500_000)).toBe('  [############------------]  50%  6 of 12 files, 1.5 MB');
    expect(progressBar(13, 12, 0)).toContain('[########################] 100%');
    expect(progressBar(0, 0, 0)).toContain('100%');
  });

  it('says what a backup holds, that all was read back, and that its key opens it', () => {
    const manifest = {
      categories: { config: { files: 2, bytes: 1200 }, state: { files: 1, bytes: 30 } },
      counts: { files: 5, folders: 1, links: 0, specials: 0, sealed: 2 },
    };
    const report = {
      id: 'b',
      path: '/home/me/backups/b',
      ok: true,
      checks: [check('file_checksums', 3, 3, 'ok'), check('credential_encryption', 2, 2, 'ok')],
    };
    const lines = backupLines(manifest, '/home/me/backups/b', report as never, '/home/me').join('\n');
    expect(lines).toMatch(/Configuration +2 files, 1\.2 KB/);
    expect(lines).not.toContain('Logs');
    expect(lines).toMatch(/Verified +5 of 5 files read back and equal/);
    expect(lines).toMatch(/Key +proven: it opened 2 of 2/);
    expect(lines).toContain('~/backups/b');
  });

  it('sums up with durations by phase, figures, places and what to type', () => {
    const count = { total: 3, inEffect: 2, notInEffect: 1, left: 0, needsYou: 0 };
    const end = {
      content: {
        source: '/home/me/clone',
        target: '/home/me/elsewhere',
        counts: { key: count, file: count, secret: count, project: count },
        ledger: [
          { kind: 'project', item: 'shop', fate: 'mapped' },
          { kind: 'file', item: 'lib/x.py', fate: 'patch' },
        ],
        package: { installed: false },
      },
      checks: [{ name: 'config_syntax', status: 'ok', done: 1, of: 1, unit: 'files' }],
      complete: false,
      times: [
        { stage: 'Backup', milliseconds: 62_000 },
        { stage: 'Validation', milliseconds: 1_000 },
      ],
      backup: { path: '/home/me/b', files: 9, bytes: 10, verified: { done: 9, of: 9 } },
      records: { report: 'migration/report.md', receipt: 'migration/receipt.json', log: 'logs/m.log' },
      defaultTarget: '/home/me/.agent-workflow',
      home: '/home/me',
    } as unknown as GuidedEnd;
    const text = guidedSummary(end).join('\n');

    expect(text).toContain('\nMoved, not yet usable\n');
    expect(text).toMatch(/Duration +1 min 3 s of work: Backup 1 min 2 s, Validation 1\.0 s/);
    expect(text).toMatch(/Settings +2 of 3 in effect, 1 kept but unused/);
    expect(text).toMatch(/Patches +1 not in effect/);
    expect(text).toMatch(/Integrity +backup 9 of 9 verified, checks 1 of 1 without a remark/);
    expect(text).toContain('~/elsewhere/migration/receipt.json');
    expect(text).toContain('restore-migration-backup --target ~/elsewhere');
    expect(text).toMatch(/ {2}1\. pipx install agent-workflow/);
    expect(text).toMatch(/try each project once.*\n.*- shop/);
    expect(guidedSummary({ ...end, complete: true })).toContain('Complete');
  });
});
