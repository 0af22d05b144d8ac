import type { Selectable } from 'kysely';
import type { Connection } from './connection.ts';
import type { InboxTable } from './database.ts';

/** An event as it came. What it says is not checked by being stored: whoever acts on it verifies it again. */
export type InboxRow = Readonly<Selectable<InboxTable>>;

export type NewEvent = Readonly<Pick<InboxTable, 'agent' | 'epoch' | 'seq' | 'event' | 'job' | 'raw'>>;

/**
 * `conflict`: another event already has this number. Ed25519 signs the same bytes the same way and an agent resends what
 * it stored, so two living copies of one key are at work.
 */
export type PutOutcome = 'new' | 'duplicate' | 'conflict';

/** Signed events from agents (channel.md §7). They may be acknowledged once `put` has returned. */
export class Inbox {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async put(event: NewEvent): Promise<PutOutcome> {
    const { db, now } = this.#connection;
    const { agent, epoch, seq, event: name, job, raw } = event;
    const stored = await db
      .insertInto('inbox')
      .values({ agent, epoch, seq, event: name, job, raw, receivedAt: now(), handledAt: null })
      .onConflict((conflict) => conflict.columns(['agent', 'epoch', 'seq']).doNothing())
      .returning('seq')
      .executeTakeFirst();
    if (stored !== undefined) return 'new';
    const earlier = await this.find(agent, epoch, seq);
    return earlier?.raw === raw ? 'duplicate' : 'conflict';
  }

  async find(agent: string, epoch: number, seq: number): Promise<InboxRow | undefined> {
    return await this.#connection.db
      .selectFrom('inbox')
      .selectAll()
      .where('agent', '=', agent)
      .where('epoch', '=', epoch)
      .where('seq', '=', seq)
      .executeTakeFirst();
  }

  /** What this agent said about a job, in order. Another agent's events never count, whatever job they name. */
  async eventsOf(agent: string, job: string): Promise<InboxRow[]> {
    return await this.#connection.db
      .selectFrom('inbox')
      .selectAll()
      .where('agent', '=', agent)
      .where('job', '=', job)
      .orderBy('epoch')
      .orderBy('seq')
      .execute();
  }

  /**
   * The number up to which events of this epoch may be acknowledged: the largest stored, 0 before the first. A session
   * takes events strictly in order, so all below are stored too, or were before this database was restored.
   */
  async lastAcknowledged(agent: string, epoch: number): Promise<number> {
    const row = await this.#connection.db
      .selectFrom('inbox')
      .select(({ fn }) => fn.max('seq').as('seq'))
      .where('agent', '=', agent)
      .where('epoch', '=', epoch)
      .executeTakeFirst();
    return Number(row?.seq ?? 0);
  }

  /** Events that nobody acted on yet, as they came; those of one agent in the order of their numbers. */
  async unhandled(limit = 100): Promise<InboxRow[]> {
    return await this.#connection.db
      .selectFrom('inbox')
      .selectAll()
      .where('handledAt', 'is', null)
      .orderBy('receivedAt')
      .orderBy('agent')
      .orderBy('epoch')
      .orderBy('seq')
      .limit(limit)
      .execute();
  }

  /**
   * Notes that an event was acted on, in the transaction in which that was done: it is done once, whatever crashes.
   * @returns false when it had been before
   */
  async markHandled(agent: string, epoch: number, seq: number): Promise<boolean> {
    const row = await this.#connection.db
      .updateTable('inbox')
      .set({ handledAt: this.#connection.now() })
      .where('agent', '=', agent)
      .where('epoch', '=', epoch)
      .where('seq', '=', seq)
      .where('handledAt', 'is', null)
      .returning('seq')
      .executeTakeFirst();
    return row !== undefined;
  }
}
