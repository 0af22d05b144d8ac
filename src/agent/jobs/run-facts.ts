import type { RunResult } from '../../protocol/facts.ts';
import { type AppError, ERRORS, type ErrorName, errorLabel } from '../../shared/errors.ts';
import type { LedgerCount, LedgerCounts } from '../plan/ledger.ts';
import type { RunReport } from '../run/execute.ts';
import { evidenceOf } from '../run/journal.ts';
import { MIGRATION_STEPS } from '../run/migration-steps.ts';
import type { Phase } from '../run/phases.ts';
import { loadRun, type Run } from '../run/run-record.ts';
import { checksFromJson } from '../run/step.ts';
import { backupNumber } from './backup-numbers.ts';
import type { Failure, JobEnd, JobWork } from './job.ts';

const NO_FATES = { total: 0, in_effect: 0, not_in_effect: 0, needs_you: 0 };
export const NO_LEDGER: RunResult['ledger'] = {
  key: NO_FATES,
  file: NO_FATES,
  secret: NO_FATES,
  project: NO_FATES,
};

export function ledgerFacts(counts: LedgerCounts): RunResult['ledger'] {
  const facts = ({ total, inEffect, notInEffect, needsYou }: LedgerCount) => ({
    total,
    in_effect: inEffect,
    not_in_effect: notInEffect,
    needs_you: needsYou,
  });
  const { key, file, secret, project } = counts;
  return { key: facts(key), file: facts(file), secret: facts(secret), project: facts(project) };
}

/** The end of a migration, as numbers and words of ours. `elapsed` in ms. */
export function migrationEnd(
  work: JobWork,
  report: RunReport,
  counts: LedgerCounts,
  elapsed: number,
): JobEnd<'apply' | 'resume'> {
  const { run: id, outcome, error } = report;
  const run = loadRun(work.system, work.settings.home, id);
  if (error !== undefined) return { end: 'failed', failure: failureOf(error, run) };
  if (outcome === 'interrupted') return { end: 'interrupted', run: id, ...phaseOf(run) };
  const made = evidenceOf(run.entries, 'make-backup') as { id: string } | null | undefined;
  const asked = evidenceOf(run.entries, 'ask-package');
  const checks = [
    ...checksFromJson(evidenceOf(run.entries, 'check-staged')),
    ...(asked === undefined || asked === null ? [] : checksFromJson([asked])),
  ];
  return {
    end: 'done',
    result: {
      run: id,
      outcome,
      milliseconds: Math.round(elapsed),
      ledger: ledgerFacts(counts),
      checks: checks.map(({ name, status, done, of }) => ({ name, status, done, of })),
      ...(made ? { backup: backupNumber(work, made.id) } : {}),
    },
  };
}

/** What an error means for the machine: with an unfinished run it can be gone on with, else nothing was touched. */
export function failureOf(error: AppError, run?: Run): Failure {
  const label = errorLabel(error.code === 'PLAN_STALE' ? 'APPROVED_PLAN_STALE' : error.code);
  if (run === undefined) return { error: label, left: 'unchanged' };
  const left =
    run.state.outcome === 'undone' ? 'undone' : run.state.outcome === undefined ? 'resumable' : 'unchanged';
  return { error: label, left, run: run.record.id, ...phaseOf(run) };
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
