import { AppError, errorLabel } from '../../shared/errors.ts';
import type { Consent } from '../orchestrator/consent.ts';
import { previewRollback } from '../rollback/preview.ts';
import { type RollbackReport, rollBack } from '../rollback/rollback.ts';
import type { JobEnd, JobFunction, JobWork } from './job.ts';
import { rollbackDigest } from './rollback-preview.ts';

/** How long an orchestrator may take to end; nobody is asked to end it at once. */
const STOP_WAIT_MS = 20_000;

/** Carries out an approved rollback, if it would still do exactly what was shown. */
export const rollback: JobFunction<'rollback'> = async (_job, work) => {
  const { system, settings, plan } = work;
  if (plan?.rollback === undefined) throw new AppError('PLAN_UNKNOWN');
  const started = system.elapsed();
  const { backup, selection, carry, mine, stop } = plan.rollback;
  const preview = await previewRollback(system, settings.home, backup, selection);
  if (rollbackDigest(preview) !== plan.rollback.engine)
    throw new AppError('PLAN_STALE', { path: plan.rollback.target });
  work.progress({ type: 'undoing' });
  const consent: Consent | undefined = stop && {
    programs: stop,
    waitMs: STOP_WAIT_MS,
    endAtOnce: async () => false,
  };
  for (const { pid } of stop ?? [])
    work.tell(`stops process ${pid}, an orchestrator, and starts it again afterwards`);
  const report = await rollBack(system, settings.home, settings.backups, preview, { carry, mine, consent });
  tellOrchestrators(work, report);
  const { run, outcome, restored, unchanged, movedAside, verified, carried, orchestrator } = report;
  if (outcome === 'failed') return rollbackFailure(run);
  const milliseconds = Math.round(system.elapsed() - started);
  return {
    end: 'done',
    result: {
      run,
      outcome,
      milliseconds,
      restored,
      unchanged,
      moved_aside: movedAside,
      verified: { done: Math.max(0, verified.done), of: verified.of },
      carried: carried.projects.length + carried.secrets.length,
      stopped: orchestrator.stopped.length,
      started: orchestrator.started.length,
    },
  };
};

/** What does not run again is told at the machine, where it can be started. */
export function tellOrchestrators(
  { tell }: Pick<JobWork, 'tell'>,
  { orchestrator: { started, left } }: RollbackReport,
): void {
  for (const program of started) tell(`runs again: ${program}`);
  for (const { program, reason } of left) tell(`not started again: ${program}: ${reason}`);
}

/** What was restored stays; the same command goes on with the rest. */
export function rollbackFailure(run: string): Extract<JobEnd, { readonly end: 'failed' }> {
  const error = errorLabel('ROLLBACK_INCOMPLETE');
  return { end: 'failed', failure: { error, left: 'resumable', run, phase: 'rollback' } };
}
