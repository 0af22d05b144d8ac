import type { Selectable } from 'kysely';
import type { Connection } from './connection.ts';
import type { ApprovalTable, Presser } from './database.ts';
import { opaqueId } from './ids.ts';

/** What one Approve button stands for, and the click that used it. */
export type Approval = Readonly<Selectable<ApprovalTable>>;

export type NewApproval = Readonly<Pick<ApprovalTable, 'user' | 'guild' | 'agent' | 'jobType' | 'plan'>> & {
  readonly pauseAfter?: string | null | undefined;
};

/** The click that approves, as Discord's interaction tells it. */
export interface Click extends Presser {
  readonly interaction: string;
  readonly message: string;
}

/** Approvals of plans by people (channel.md §6). Each is used once, by one click. */
export class Approvals {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** The new approval; its id is opaque and goes into the button. The database refuses a plan of another agent. */
  async create({ user, guild, agent, jobType, plan, pauseAfter = null }: NewApproval): Promise<Approval> {
    return await this.#connection.db
      .insertInto('approvals')
      .values({
        id: opaqueId(),
        user,
        guild,
        message: null,
        agent,
        jobType,
        plan,
        pauseAfter,
        createdAt: this.#connection.now(),
        interaction: null,
        usedAt: null,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
  }

  /** Ties an approval to the message that shows its button. False when it is tied to another one, or not there. */
  async attach(
    { id, guild, user }: Pick<Approval, 'id' | 'guild' | 'user'>,
    message: string,
  ): Promise<boolean> {
    const row = await this.#connection.db
      .updateTable('approvals')
      .set({ message })
      .where('id', '=', id)
      .where('guild', '=', guild)
      .where('user', '=', user)
      .where((is) => is.or([is('message', 'is', null), is('message', '=', message)]))
      .returning('id')
      .executeTakeFirst();
    return row !== undefined;
  }

  /** The approval behind a button, for the person whom it asks. */
  async find(id: string, presser: Presser): Promise<Approval | undefined> {
    return await this.#connection.db
      .selectFrom('approvals')
      .selectAll()
      .where('id', '=', id)
      .where('guild', '=', presser.guild)
      .where('user', '=', presser.user)
      .executeTakeFirst();
  }

  /** The approval that such a job for that plan was started with, the newest; undefined where there was none. */
  async usedFor({
    agent,
    plan,
    jobType,
  }: Pick<Approval, 'agent' | 'plan' | 'jobType'>): Promise<Approval | undefined> {
    return await this.#connection.db
      .selectFrom('approvals')
      .selectAll()
      .where('agent', '=', agent)
      .where('plan', '=', plan)
      .where('jobType', '=', jobType)
      .where('usedAt', 'is not', null)
      .orderBy('usedAt', 'desc')
      .limit(1)
      .executeTakeFirst();
  }

  /**
   * Uses an approval: true once, for the person whom it asks, on the message that shows it. False for all others, the
   * second time, and for an interaction that used another approval before. Of two at once, one gets true.
   */
  async use(id: string, click: Click): Promise<boolean> {
    const row = await this.#connection.db
      .updateTable('approvals')
      .set({ interaction: click.interaction, usedAt: this.#connection.now() })
      .where('id', '=', id)
      .where('guild', '=', click.guild)
      .where('user', '=', click.user)
      .where('message', '=', click.message)
      .where('usedAt', 'is', null)
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('approvals as other')
              .select('other.id')
              .where('other.interaction', '=', click.interaction),
          ),
        ),
      )
      .returning('id')
      .executeTakeFirst();
    return row !== undefined;
  }
}
