import type { JobState } from './database.ts';

/**
 * Where a job may go from each state. Nothing leads out of an end: what is resumed is a new job. `waiting` is for an
 * answer at the machine, before or while it runs.
 */
export const JOB_TRANSITIONS = {
  queued: ['accepted', 'rejected', 'failed', 'cancelled'],
  accepted: ['waiting', 'running', 'done', 'failed', 'cancelled', 'interrupted'],
  waiting: ['running', 'done', 'failed', 'rejected', 'cancelled', 'interrupted'],
  running: ['waiting', 'done', 'failed', 'cancelled', 'interrupted'],
  done: [],
  failed: [],
  rejected: [],
  cancelled: [],
  interrupted: [],
} as const satisfies Record<JobState, readonly JobState[]>;

export const JOB_STATES = Object.keys(JOB_TRANSITIONS) as readonly JobState[];

/** True for the states that a job never leaves. */
export function isEnd(state: JobState): boolean {
  return JOB_TRANSITIONS[state].length === 0;
}

export function mayMove(from: JobState, to: JobState): boolean {
  return statesBefore(to).includes(from);
}

/** The states from which a job may go to `to`. */
export function statesBefore(to: JobState): JobState[] {
  return JOB_STATES.filter((from) => (JOB_TRANSITIONS[from] as readonly JobState[]).includes(to));
}
