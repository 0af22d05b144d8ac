import { TIMES } from '../src/protocol/limits.ts';
import { ERRORS, type ErrorName, errorLabel } from '../src/shared/errors.ts';
import type { Job, JobProgress, JobState, JobType, Owner } from './services.ts';
import type { Job as JobRow } from './store/records/jobs.ts';

/** A stored job as commands see it. `now` in ms since 1970. */
export function jobView(row: JobRow, progress: JobProgress | undefined, now: number): Job {
  return {
    id: row.id,
    type: row.type as JobType,
    machine: row.agent,
    state: stateOf(row, now),
    result: isObject(row.result) ? row.result : undefined,
    error: errorOf(row.errorCode),
    progress: row.endedAt === null ? progress : undefined,
    plan: row.plan ?? undefined,
  };
}

export function ownerOf({ guild, owner }: Pick<JobRow, 'guild' | 'owner'>): Owner {
  return { guild, user: owner };
}

/**
 * A command that was sent may have been taken in time although nothing was heard of it; until the machine tells, a job
 * that waits longer than commands live is shown as expired without being ended.
 */
export function isOverdue({ state, createdAt }: Pick<JobRow, 'state' | 'createdAt'>, now: number): boolean {
  return state === 'queued' && now >= createdAt + TIMES.commandLifeS * 1000;
}

function stateOf(row: JobRow, now: number): JobState {
  const wasNeverTaken = row.state === 'failed' && row.errorCode === errorLabel('EXPIRED');
  return wasNeverTaken || isOverdue(row, now) ? 'expired' : row.state;
}

function errorOf(code: string | null): Job['error'] {
  if (code === null) return undefined;
  const names = Object.keys(ERRORS) as ErrorName[];
  return { code, name: names.find((name) => errorLabel(name) === code) ?? 'UNKNOWN' };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
