import { errorLabel } from '../src/shared/errors.ts';
import type { JobChanges } from './job-changes.ts';
import type { Job } from './store/records/jobs.ts';
import type { Records, Tables } from './store/records/records.ts';

/**
 * Ends the jobs of a machine that will tell nothing more, in the transaction in which its pairing ends. What had not begun
 * is cancelled; of the rest nobody knows here how it goes on, so it is shown as interrupted.
 */
export async function endJobsOf(tables: Tables, agent: string): Promise<readonly Job[]> {
  const ended: Job[] = [];
  for (const { id, state } of await tables.jobs.open(agent)) {
    const moved = await tables.jobs.move(agent, id, state === 'queued' ? 'cancelled' : 'interrupted');
    if (moved.outcome === 'moved') ended.push(moved.job);
  }
  return ended;
}

/**
 * Commands without an answer at their end (channel.md §7). What never left is over. What was sent may have been taken in
 * time, with the answer held up: from now on it is shown as expired (job-view.ts) and counts for nothing, and an answer
 * that still comes is believed.
 */
export async function expireCommands(records: Records, changes: JobChanges): Promise<void> {
  for (const { agent, job, command, sentAt } of await records.outbox.expire()) {
    if (job === null || command !== 'job.run') continue;
    if (sentAt === null) await records.jobs.move(agent, job, 'failed', { errorCode: errorLabel('EXPIRED') });
    const row = await records.jobs.ofAgent(agent, job);
    if (row !== undefined) changes.tell(row);
  }
}
