import { AppError } from '../../shared/errors.ts';
import { resumeRollback } from '../rollback/rollback.ts';
import { resumeMigration } from '../run/migrate.ts';
import { loadPlan, loadRun } from '../run/run-record.ts';
import { stoppedEnd } from './apply.ts';
import type { JobFunction } from './job.ts';
import { rollbackFailure } from './rollback.ts';
import { migrationEnd, NO_LEDGER } from './run-facts.ts';

/** Goes on with an interrupted run from where its journal ends. */
export const resume: JobFunction<'resume'> = async ({ params }, work) => {
  const { system, settings } = work;
  const started = system.elapsed();
  const run = loadRun(system, settings.home, params.run);
  const { record, state } = run;
  if (state.outcome !== undefined)
    throw new AppError('RUN_NOT_RESUMABLE', { run: record.id, state: state.outcome });
  if (record.kind === 'rollback') {
    const report = await resumeRollback(system, settings.home, record);
    if (report.outcome === 'failed') return rollbackFailure(report.run);
    const milliseconds = Math.round(system.elapsed() - started);
    const { outcome } = report;
    return { end: 'done', result: { run: record.id, outcome, milliseconds, ledger: NO_LEDGER, checks: [] } };
  }
  const content = loadPlan(system, run);
  if (content === undefined)
    throw new AppError('RUN_NOT_RESUMABLE', { run: record.id, state: 'without its plan' });
  const report = await resumeMigration(system, settings.home, run, {
    emit: (event) => work.progress(event),
    stopAsked: () => work.stopAsked() !== undefined,
  });
  const stopped = report.outcome === 'interrupted' ? stoppedEnd(work, report.run) : undefined;
  return stopped ?? migrationEnd(work, report, content.counts, system.elapsed() - started);
};
