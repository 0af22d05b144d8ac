import { hash } from 'node:crypto';
import type { Selectable } from 'kysely';
import { type Connection, inTransaction } from './connection.ts';
import type { PlanTable, Scope } from './database.ts';

/** A plan: the exact bytes that the agent made, named by their SHA-256. */
export type Plan = Readonly<Selectable<PlanTable>>;

export type NewPlan = Readonly<Pick<PlanTable, 'digest' | 'agent' | 'job' | 'bytes' | 'expiresAt'>>;

/** `wrong-digest`: the bytes are not what the digest names. `taken`: another agent has a plan of this digest. */
export type StoreOutcome = 'stored' | 'known' | 'wrong-digest' | 'taken';

/** Plans as they travelled (channel.md §6). Each is used once. */
export class Plans {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Stores the bytes of a plan, if they are those that `digest` (SHA-256, hex) names. */
  async store({ digest, agent, job, bytes, expiresAt }: NewPlan): Promise<StoreOutcome> {
    if (hash('sha256', bytes, 'hex') !== digest) return 'wrong-digest';
    return await inTransaction(this.#connection, async ({ db, now }) => {
      const row = await db
        .insertInto('plans')
        .values({ digest, agent, job, bytes, createdAt: now(), expiresAt, usedByJob: null })
        .onConflict((conflict) => conflict.column('digest').doNothing())
        .returning('digest')
        .executeTakeFirst();
      if (row !== undefined) return 'stored';
      const earlier = await db
        .selectFrom('plans')
        .select('agent')
        .where('digest', '=', digest)
        .executeTakeFirst();
      return earlier?.agent === agent ? 'known' : 'taken';
    });
  }

  /** A plan of a machine of that person; used and expired ones too. */
  async find(digest: string, scope: Scope): Promise<Plan | undefined> {
    return await this.#connection.db
      .selectFrom('plans')
      .innerJoin('agents', 'agents.id', 'plans.agent')
      .selectAll('plans')
      .where('plans.digest', '=', digest)
      .where('agents.guild', '=', scope.guild)
      .where('agents.owner', '=', scope.owner)
      .executeTakeFirst();
  }

  /** Marks a plan of this agent as carried out by `job`. False when it was used before, has expired, or is not there. */
  async use(digest: string, agent: string, job: string): Promise<boolean> {
    const row = await this.#connection.db
      .updateTable('plans')
      .set({ usedByJob: job })
      .where('digest', '=', digest)
      .where('agent', '=', agent)
      .where('usedByJob', 'is', null)
      .where('expiresAt', '>', this.#connection.now())
      .returning('digest')
      .executeTakeFirst();
    return row !== undefined;
  }
}
