import { AppError, errorLabel } from '../../shared/errors.ts';
import { previewRollback } from '../rollback/preview.ts';
import { rollBack } from '../rollback/rollback.ts';
import type { JobEnd, JobFunction } from './job.ts';
import { rollbackDigest } from './rollback-preview.ts';

/** Carries out an approved rollback, if it would still do exactly what was shown. */
export const rollback: JobFunction<'rollback'> = async (_job, work) => {
  const { system, settings, plan } = work;
  if (plan?.rollback === undefined) throw new AppError('PLAN_UNKNOWN');
  const started = system.elapsed();
  const preview = await previewRollback(system, settings.home, plan.rollback.backup);
  if (rollbackDigest(preview) !== plan.rollback.engine)
    throw new AppError('PLAN_STALE', { path: plan.rollback.target });
  work.progress({ type: 'undoing' });
  const report = await rollBack(system, settings.home, settings.backups, preview);
  const { run, outcome, restored, unchanged, movedAside, verified } = report;
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
    },
  };
};

/** What was restored stays; the same command goes on with the rest. */
export function rollbackFailure(run: string): Extract<JobEnd, { readonly end: 'failed' }> {
  const error = errorLabel('ROLLBACK_INCOMPLETE');
  return { end: 'failed', failure: { error, left: 'resumable', run, phase: 'rollback' } };
}
