import type { Selectable } from 'kysely';
import { type Connection, inTransaction } from './connection.ts';
import type { JobState, JobTable, Scope } from './database.ts';
import { isEnd, statesBefore } from './job-states.ts';
import { fromJson, toJson } from './json.ts';

/** Work on a machine. `result` is what the agent reported at its end, its shape unchecked; null before. */
export type Job = Readonly<Omit<Selectable<JobTable>, 'result'> & { result: unknown }>;

export type NewJob = Readonly<
  Pick<JobTable, 'id' | 'agent' | 'type' | 'guild' | 'owner' | 'actor'> & { plan?: string | null }
>;

/** What belongs to an end. */
export interface Ending {
  readonly result?: unknown;
  readonly errorCode?: string;
}

/**
 * - `moved`: the job has the new state.
 * - `unchanged`: it had it already, and it is not an end.
 * - `alarm`: refused and nothing written. `second-end`: it has ended before, and an agent that tells otherwise is wrong
 *   or not alone. `illegal`: no way leads there from `from`.
 * - `unknown`: that agent has no such job.
 */
export type MoveOutcome =
  | { readonly outcome: 'moved'; readonly job: Job }
  | { readonly outcome: 'unchanged'; readonly job: Job }
  | { readonly outcome: 'alarm'; readonly alarm: 'second-end' | 'illegal'; readonly from: JobState }
  | { readonly outcome: 'unknown' };

/** What was asked of machines and what became of it. */
export class Jobs {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Stores a job as queued. The database refuses one whose agent is not of this guild and owner. */
  async create({ id, agent, type, guild, owner, actor, plan = null }: NewJob): Promise<Job> {
    const row = await this.#connection.db
      .insertInto('jobs')
      .values({
        id,
        agent,
        type,
        guild,
        owner,
        actor,
        state: 'queued',
        plan,
        result: null,
        errorCode: null,
        createdAt: this.#connection.now(),
        endedAt: null,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    return toJob(row);
  }

  /** Moves a job of this agent to another state, if a way leads there; result and error code are kept at an end. */
  async move(agent: string, id: string, to: JobState, ending: Ending = {}): Promise<MoveOutcome> {
    const from = statesBefore(to);
    return await inTransaction(this.#connection, async ({ db, now }) => {
      const end = {
        result: ending.result === undefined ? null : toJson(ending.result),
        errorCode: ending.errorCode ?? null,
        endedAt: now(),
      };
      const moved = await db
        .updateTable('jobs')
        .set({ state: to, ...(isEnd(to) ? end : {}) })
        .where('id', '=', id)
        .where('agent', '=', agent)
        // Nothing leads to the first state, and PostgreSQL takes no empty list.
        .where((is) => (from.length === 0 ? is.lit(false) : is('state', 'in', from)))
        .returningAll()
        .executeTakeFirst();
      if (moved !== undefined) return { outcome: 'moved', job: toJob(moved) };

      const job = await new Jobs({ ...this.#connection, db }).ofAgent(agent, id);
      if (job === undefined) return { outcome: 'unknown' };
      if (job.state === to && !isEnd(to)) return { outcome: 'unchanged', job };
      const alarm = isEnd(job.state) && isEnd(to) ? 'second-end' : 'illegal';
      return { outcome: 'alarm', alarm, from: job.state };
    });
  }

  /** Names the plan that a job made. False when that agent has no such job, or it has ended or named another one. */
  async setPlan(agent: string, id: string, digest: string): Promise<boolean> {
    const row = await this.#connection.db
      .updateTable('jobs')
      .set({ plan: digest })
      .where('id', '=', id)
      .where('agent', '=', agent)
      .where('endedAt', 'is', null)
      .where((is) => is.or([is('plan', 'is', null), is('plan', '=', digest)]))
      .returning('id')
      .executeTakeFirst();
    return row !== undefined;
  }

  /** One job on a machine of that person. */
  async find(id: string, scope: Scope): Promise<Job | undefined> {
    const row = await this.#connection.db
      .selectFrom('jobs')
      .selectAll()
      .where('id', '=', id)
      .where('guild', '=', scope.guild)
      .where('owner', '=', scope.owner)
      .executeTakeFirst();
    return row && toJob(row);
  }

  /** The job that an agent speaks of, if it is one of its own. */
  async ofAgent(agent: string, id: string): Promise<Job | undefined> {
    const row = await this.#connection.db
      .selectFrom('jobs')
      .selectAll()
      .where('id', '=', id)
      .where('agent', '=', agent)
      .executeTakeFirst();
    return row && toJob(row);
  }

  /** The jobs of that person, the newest first. */
  async ofOwner(scope: Scope, limit = 25): Promise<Job[]> {
    const rows = await this.#connection.db
      .selectFrom('jobs')
      .selectAll()
      .where('guild', '=', scope.guild)
      .where('owner', '=', scope.owner)
      .orderBy('createdAt', 'desc')
      .orderBy('id', 'desc')
      .limit(limit)
      .execute();
    return rows.map(toJob);
  }

  /** The jobs of an agent that have not ended, the oldest first. */
  async open(agent: string): Promise<Job[]> {
    const rows = await this.#connection.db
      .selectFrom('jobs')
      .selectAll()
      .where('agent', '=', agent)
      .where('endedAt', 'is', null)
      .orderBy('createdAt')
      .orderBy('id')
      .execute();
    return rows.map(toJob);
  }
}

function toJob(row: Selectable<JobTable>): Job {
  return { ...row, result: row.result === null ? null : fromJson(row.result) };
}
