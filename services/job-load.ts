import { isJobType, JOBS, type JobType } from '../src/protocol/jobs.ts';
import { PER_AGENT } from '../src/protocol/limits.ts';
import type { RejectCode } from '../src/protocol/reject-codes.ts';
import type { CommandQueue } from './command-queue.ts';
import type { Presence } from './hub/server.ts';
import { isOverdue } from './job-view.ts';
import type { Tables } from './store/records/records.ts';

/**
 * Why this machine takes no further job of this type now (channel.md §8); undefined when it does. Jobs that were never
 * taken in time do not count.
 */
export async function refuseForLoad(
  tables: Tables,
  {
    agent,
    job,
    type,
    queue,
    presence,
    now,
  }: {
    readonly agent: string;
    /** The one that is asked for: it is stored already and does not count. */
    readonly job: string;
    readonly type: JobType;
    readonly queue: CommandQueue;
    readonly presence: Presence | undefined;
    readonly now: number;
  },
): Promise<RejectCode | undefined> {
  if (presence === 'regressed') return 'STATE_REGRESSED';
  if (!queue.hasRoom(agent)) return 'BUSY';
  const open = (await tables.jobs.open(agent)).filter((one) => one.id !== job && !isOverdue(one, now));
  const isReading = JOBS[type].class === 'read';
  const same = open.filter((one) => isJobType(one.type) && (JOBS[one.type].class === 'read') === isReading);
  return same.length < (isReading ? PER_AGENT.readingJobs : PER_AGENT.writingJobs) ? undefined : 'BUSY';
}
