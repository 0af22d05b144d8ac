import { errorNameOf, type RejectCode } from '../src/protocol/reject-codes.ts';
import { errorLabel } from '../src/shared/errors.ts';
import type { Actor, Job, JobType, Owner } from './services.ts';
import type { Agent } from './store/records/agents.ts';
import type { Scope } from './store/records/database.ts';
import type { Job as JobRow } from './store/records/jobs.ts';
import type { Tables } from './store/records/records.ts';

/** The same person in the words of the records. */
export function scopeOf({ guild, user }: Owner): Scope {
  return { guild, owner: user };
}

/** An actor as commands carry it: times in seconds. */
export function travelling({ user, guild, interaction, at }: Actor) {
  return { user, guild, interaction, at: Math.floor(at / 1000) };
}

/** Stores a job as queued, in the transaction that also stores its command. */
export async function createJob(
  tables: Tables,
  id: string,
  agent: Agent,
  type: JobType,
  actor: Actor,
  plan?: string,
): Promise<JobRow> {
  const { guild, owner } = agent;
  return await tables.jobs.create({
    id,
    agent: agent.id,
    type,
    guild,
    owner,
    actor: actor.user,
    plan: plan ?? null,
  });
}

/** Ends a stored job that is not sent. */
export async function rejectJob(tables: Tables, job: JobRow, code: RejectCode): Promise<JobRow> {
  const errorCode = errorLabel(errorNameOf(code));
  const moved = await tables.jobs.move(job.agent, job.id, 'rejected', { errorCode });
  return moved.outcome === 'moved' ? moved.job : job;
}

/** A job that was refused before anything was stored: nobody finds it later. */
export function refusedJob(id: string, machine: string, type: JobType, code: RejectCode): Job {
  const name = errorNameOf(code);
  return {
    id,
    type,
    machine,
    state: 'rejected',
    result: undefined,
    error: { code: errorLabel(name), name },
    progress: undefined,
    plan: undefined,
  };
}
