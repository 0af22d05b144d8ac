import { type AppError, ERRORS, type ErrorName, errorLabel } from '../../shared/errors.ts';
import type { LedgerCounts } from '../plan/ledger.ts';
import type { RunReport } from '../run/execute.ts';
import { evidenceOf, type RunOutcome } from '../run/journal.ts';
import { MIGRATION_STEPS } from '../run/migration-steps.ts';
import type { Phase } from '../run/phases.ts';
import { loadRun, type Run } from '../run/run-record.ts';
import { checksFromJson } from '../run/step.ts';
import { workedMs } from '../run/worked.ts';
import { backupNumber } from './backup-numbers.ts';
import type { Failure, JobEnd, JobWork } from './job.ts';
import { ledgerFacts } from './ledger-facts.ts';
import { pausedRun } from './paused-run.ts';

/** The end of a migration, as numbers and words of ours. */
export function migrationEnd(
  work: JobWork,
  report: RunReport,
  counts: LedgerCounts,
): JobEnd<'apply' | 'resume'> {
  const { run: id, outcome, error } = report;
  const run = loadRun(work.system, work.settings.home, id);
  if (error !== undefined) return { end: 'failed', failure: failureOf(error, run) };
  if (outcome === 'interrupted') return { end: 'interrupted', run: id, ...phaseOf(run) };
  if (outcome === 'paused') return { end: 'done', result: pausedRun(work, run, counts) };
  return doneEnd(work, run, outcome, counts);
}

/** The end of a migration that came to its end, whoever took it there. */
export function doneEnd(
  work: Pick<JobWork, 'system' | 'settings'>,
  run: Run,
  outcome: RunOutcome,
  counts: LedgerCounts,
): Extract<JobEnd<'apply' | 'resume'>, { readonly end: 'done' }> {
  const made = evidenceOf(run.entries, 'make-backup') as { id: string } | null | undefined;
  const asked = evidenceOf(run.entries, 'ask-package');
  const checks = [
    ...checksFromJson(evidenceOf(run.entries, 'check-staged')),
    ...(asked === undefined || asked === null ? [] : checksFromJson([asked])),
  ];
  return {
    end: 'done',
    result: {
      run: run.record.id,
      outcome,
      milliseconds: workedMs(run.entries),
      ledger: ledgerFacts(counts),
      checks: checks.map(({ name, status, done, of }) => ({ name, status, done, of })),
      ...(made ? { backup: backupNumber(work, made.id) } : {}),
    },
  };
}

/** What an error means for the machine: an unfinished run can be gone on with or waits, else nothing was touched. */
export function failureOf(error: AppError, run?: Run): Failure {
  const label = errorLabel(error.code === 'PLAN_STALE' ? 'APPROVED_PLAN_STALE' : error.code);
  if (run === undefined) return { error: label, left: 'unchanged' };
  return { error: label, left: leftBy(run), run: run.record.id, ...phaseOf(run) };
}

function leftBy({ state: { outcome, paused } }: Run): Failure['left'] {
  if (outcome === undefined) return paused === undefined ? 'resumable' : 'paused';
  return outcome === 'undone' ? 'undone' : 'unchanged';
}

/** Where a migration stopped; empty where nobody can tell. */
export function phaseOf({ record, state }: Pick<Run, 'record' | 'state'>): {
  readonly phase?: Phase | 'rollback';
} {
  if (record.kind === 'rollback') return { phase: 'rollback' };
  const phase = MIGRATION_STEPS.find(({ id }) => id === state.lastStep)?.phase;
  return phase === undefined ? {} : { phase };
}

/** `AWM-1234` of an error's name in a journal; undefined for what is no error of ours. */
export function labelOfName(name: string): string | undefined {
  return Object.hasOwn(ERRORS, name) ? errorLabel(name as ErrorName) : undefined;
}
