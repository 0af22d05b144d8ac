import { AppError } from '../../shared/errors.ts';
import { resumeRollback } from '../rollback/rollback.ts';
import { resumeMigration } from '../run/migrate.ts';
import { loadPlan, loadRun, type Run } from '../run/run-record.ts';
import { stoppedEnd } from './apply.ts';
import type { JobEnd, JobFunction, JobWork } from './job.ts';
import { NO_LEDGER } from './ledger-facts.ts';
import { rollbackFailure, tellOrchestrators } from './rollback.ts';
import { doneEnd, failureOf, migrationEnd } from './run-facts.ts';

/** Names of changed files that are told at the machine. */
const MOST_NAMED = 10;

/** Goes on with an interrupted or paused run from where its journal ends. */
export const resume: JobFunction<'resume'> = async ({ params }, work) => {
  const { system, settings } = work;
  const run = loadRun(system, settings.home, params.run);
  const { record, state } = run;
  if (record.kind === 'rollback') return await goOnWithRollback(run, work);
  const content = loadPlan(system, run);
  if (content === undefined)
    throw new AppError('RUN_NOT_RESUMABLE', { run: record.id, state: 'without its plan' });
  // Somebody at the machine was faster: what came of it is what there is to tell.
  if (state.outcome !== undefined) return doneEnd(work, run, state.outcome, content.counts);
  try {
    const report = await resumeMigration(system, settings.home, run, {
      emit: (event) => work.progress(event),
      stopAsked: () => work.stopAsked() !== undefined,
      pauseAfter: params.pause_after,
    });
    const stopped = report.outcome === 'interrupted' ? stoppedEnd(work, report.run) : undefined;
    return stopped ?? migrationEnd(work, report, content.counts);
  } catch (error) {
    if (error instanceof AppError && error.code === 'PLAN_STALE') return staleEnd(work, run, error);
    throw error;
  }
};

async function goOnWithRollback({ record, state }: Run, work: JobWork): Promise<JobEnd<'resume'>> {
  const { system, settings } = work;
  if (state.outcome !== undefined)
    throw new AppError('RUN_NOT_RESUMABLE', { run: record.id, state: state.outcome });
  const started = system.elapsed();
  const report = await resumeRollback(system, settings.home, record);
  tellOrchestrators(work, report);
  if (report.outcome === 'failed') return rollbackFailure(report.run);
  const milliseconds = Math.round(system.elapsed() - started);
  const { outcome } = report;
  return { end: 'done', result: { run: record.id, outcome, milliseconds, ledger: NO_LEDGER, checks: [] } };
}

/** The run waits as before; how many files are to blame is told everywhere, and which ones only at the machine. */
function staleEnd(work: JobWork, run: Run, error: AppError): JobEnd<'resume'> {
  const changes = work.plan === undefined ? [] : [...work.plans.changes(work.plan.digest)];
  for (const path of changes.slice(0, MOST_NAMED)) work.tell(`changed since the plan was made: ${path}`);
  if (changes.length > MOST_NAMED) work.tell(`and ${changes.length - MOST_NAMED} more`);
  const changed = changes.length === 0 ? {} : { changed: changes.length };
  return { end: 'failed', failure: { ...failureOf(error, run), ...changed } };
}
