import type { Clock } from '../src/shared/clock.ts';
import type { Job, JobState, Jobs, Owner } from './services.ts';

const ENDS: readonly JobState[] = ['done', 'failed', 'rejected', 'cancelled', 'interrupted', 'expired'];

export function hasEnded({ state }: Job): boolean {
  return ENDS.includes(state);
}

/** The job as it is when it ends, or after `milliseconds`, whichever comes first. */
export async function followJob(
  jobs: Jobs,
  owner: Owner,
  job: Job,
  milliseconds: number,
  clock: Clock,
): Promise<Job> {
  if (hasEnded(job)) return job;
  const { promise, resolve } = Promise.withResolvers<Job>();
  let newest = job;
  const note = (seen: Job) => {
    newest = seen;
    if (hasEnded(seen)) resolve(seen);
  };
  const stop = jobs.onChange((changed) => {
    if (changed.id === job.id) note(changed);
  });
  const cancel = clock.after(milliseconds, () => resolve(newest));
  try {
    // It may have ended before anybody listened.
    const now = await jobs.find(owner, job.id);
    if (now !== undefined) note(now);
    return await promise;
  } finally {
    cancel();
    stop();
  }
}
