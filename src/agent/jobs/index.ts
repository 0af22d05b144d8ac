import type { JobType } from '../../protocol/jobs.ts';
import { apply } from './apply.ts';
import { assess } from './assess.ts';
import { backups } from './backups.ts';
import { check } from './check.ts';
import { exportJob } from './export.ts';
import { importPlan } from './import-plan.ts';
import type { JobEnd, JobFunction, JobOf, JobWork } from './job.ts';
import { plan } from './plan.ts';
import { resume } from './resume.ts';
import { rollback } from './rollback.ts';
import { rollbackPreview } from './rollback-preview.ts';
import { status } from './status.ts';
import { undo } from './undo.ts';
import { verify } from './verify.ts';

/** All that can be asked of this computer from outside. */
export const JOB_FUNCTIONS: { readonly [K in JobType]: JobFunction<K> } = {
  assess,
  plan,
  apply,
  status,
  'rollback-preview': rollbackPreview,
  rollback,
  resume,
  undo,
  check,
  backups,
  verify,
  export: exportJob,
  'import-plan': importPlan,
};

/** Runs the one function of a job's type. @throws what the function throws: nothing was changed then */
export function runJob<K extends JobType>(job: JobOf<K>, work: JobWork): Promise<JobEnd<K>> {
  const run = JOB_FUNCTIONS[job.type] as JobFunction<K>;
  return run(job, work);
}
