import { AppError } from '../../shared/errors.ts';
import { counted } from '../../shared/words.ts';
import { shortPath } from '../paths.ts';
import type { RollbackReport } from '../rollback/rollback.ts';
import type { Answer, Call } from './verb.ts';
import { keptLines } from './views/kept.ts';
import { orchestratorLines } from './views/orchestrator.ts';
import { takenBackLines } from './views/references.ts';
import { setupTakenBackLines } from './views/setup.ts';
import { facts, shortList } from './views/table.ts';

const WHAT = {
  full: 'the configuration home',
  config_only: 'config.yaml',
  selective: 'what was chosen',
} as const;

/** What the sentence before is not true of. */
function exceptions({ carried, selection }: RollbackReport): string {
  const kept = selection.type === 'full' ? (selection.keep ?? []) : [];
  return [
    ...(kept.length === 0 ? [] : [`, but for what you kept (${kept.join(', ')})`]),
    ...(carried.projects.length === 0 ? [] : [`, with newer projects (${carried.projects.join(', ')})`]),
    ...(carried.secrets.length === 0 ? [] : [`, with newer secrets (${carried.secrets.join(', ')})`]),
  ].join('');
}

export function rollbackAnswer({ system }: Pick<Call, 'system'>, report: RollbackReport): Answer {
  const { home } = system;
  const { verified } = report;
  const first = report.failures[0];
  const short = (path: string | undefined) => (path === undefined ? 'nothing' : shortPath(path, home));
  const text = [
    report.outcome === 'rolled-back'
      ? `Rolled back: ${WHAT[report.selection.type]} is exactly as it was when the backup was made${exceptions(report)}.`
      : 'The rollback is not complete.',
    '',
    ...facts([
      ['Restored', counted(report.restored, 'entry', 'entries')],
      ['Unchanged', counted(report.unchanged, 'entry', 'entries')],
      [
        'Moved aside',
        report.movedAside === 0 ? 'nothing' : `${report.movedAside}, to ${short(report.aside)}`,
      ],
      ['Verified', `${verified.done} of ${verified.of}`],
      [
        'Kept first',
        report.safetyBackup === undefined ? 'there was nothing to keep' : short(report.safetyBackup),
      ],
    ]),
    ...keptLines(report.kept, home),
    ...takenBackLines(report.references, home),
    ...setupTakenBackLines(report.setup, home),
    ...orchestratorLines(report.orchestrator),
    ...(report.failures.length === 0
      ? []
      : ['', 'Failed', ...shortList(report.failures.map(({ path, reason }) => `${path}: ${reason}`))]),
  ];
  if (report.outcome === 'rolled-back') {
    const undo = ['', 'To take the rollback itself back: migration-agent restore-migration-backup --undo'];
    return { exit: 0, result: report, text: [...text, ...(report.safetyBackup === undefined ? [] : undo)] };
  }
  const error = new AppError('ROLLBACK_INCOMPLETE', {
    failed: Math.max(report.failures.length, verified.of - verified.done),
    total: verified.of,
    path: first?.path ?? 'the configuration home',
    reason: first?.reason ?? 'it differs from the backup',
  });
  return { exit: 1, result: report, text, error };
}
