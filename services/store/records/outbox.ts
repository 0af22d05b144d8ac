import type { Selectable } from 'kysely';
import { type Connection, inTransaction } from './connection.ts';
import type { OutboxTable } from './database.ts';

/** A command as it is sent, and how far it is. */
export type OutboxRow = Readonly<Selectable<OutboxTable>>;

/** The number that a command is signed with. */
export interface CommandNumber {
  readonly epoch: number;
  readonly seq: number;
}

export interface NewCommand {
  readonly agent: string;
  /** `job.run`, `job.cancel`, … */
  readonly command: string;
  readonly job: string | null;
  /** Milliseconds since 1970; the same moment as `exp`. */
  readonly expiresAt: number;
}

/**
 * Commands on their way to agents (channel.md §7). A number is given out in the transaction that stores the command, the
 * command is signed once, and these bytes are sent however often that takes.
 */
export class Outbox {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * Takes the agent's next number, has the command signed with it, and stores both. When `sign` throws, the number is
   * given out again. `sign` must not use the records: the transaction is open.
   * @returns undefined when there is no such agent, or it is suspended or revoked
   */
  async append(
    { agent, command, job, expiresAt }: NewCommand,
    sign: (number: CommandNumber) => string | Promise<string>,
  ): Promise<OutboxRow | undefined> {
    return await inTransaction(this.#connection, async ({ db, now }) => {
      const taken = await db
        .updateTable('agents')
        .set((column) => ({ lastCommand: column('lastCommand', '+', 1) }))
        .where('id', '=', agent)
        .where('state', '=', 'active')
        .returning(['epoch', 'lastCommand as seq'])
        .executeTakeFirst();
      if (taken === undefined) return undefined;
      const raw = await sign(taken);
      return await db
        .insertInto('outbox')
        .values({
          agent,
          ...taken,
          command,
          job,
          raw,
          state: 'queued',
          createdAt: now(),
          expiresAt,
          sentAt: null,
        })
        .returningAll()
        .executeTakeFirstOrThrow();
    });
  }

  /**
   * What is to be sent to an agent whose last command was `seq`: its current epoch's commands above it that are neither
   * accepted nor rejected nor expired, in order.
   */
  async rowsAbove(agent: string, seq: number): Promise<OutboxRow[]> {
    return await this.#connection.db
      .selectFrom('outbox')
      .innerJoin('agents', (join) =>
        join.onRef('agents.id', '=', 'outbox.agent').onRef('agents.epoch', '=', 'outbox.epoch'),
      )
      .selectAll('outbox')
      .where('outbox.agent', '=', agent)
      .where('outbox.seq', '>', seq)
      .where('outbox.state', 'in', ['queued', 'sent'])
      .where('outbox.expiresAt', '>', this.#connection.now())
      .orderBy('outbox.seq')
      .execute();
  }

  /** Notes that a command was handed to a connection. False when it has meanwhile been settled. */
  async markSent(agent: string, seq: number): Promise<boolean> {
    const row = await this.#connection.db
      .updateTable('outbox')
      .set({ state: 'sent', sentAt: this.#connection.now() })
      .where('agent', '=', agent)
      .where('seq', '=', seq)
      .where('state', 'in', ['queued', 'sent'])
      .returning('seq')
      .executeTakeFirst();
    return row !== undefined;
  }

  /**
   * Notes what the agent answered to the command that runs `job`. Also after the command expired here: the agent may have
   * taken it in time, with its answer held up.
   * @returns false when there is no such command, or it had an answer before
   */
  async settle(agent: string, job: string, state: 'accepted' | 'rejected'): Promise<boolean> {
    const row = await this.#connection.db
      .updateTable('outbox')
      .set({ state })
      .where('agent', '=', agent)
      .where('job', '=', job)
      .where('command', '=', 'job.run')
      .where('state', 'in', ['queued', 'sent', 'expired'])
      .returning('seq')
      .executeTakeFirst();
    return row !== undefined;
  }

  /**
   * Ends the commands that have no answer at their expiry and returns them, for the person to be told. One with `sentAt`
   * null never left; one that was sent may still turn out to be accepted.
   */
  async expire(): Promise<OutboxRow[]> {
    return await this.#connection.db
      .updateTable('outbox')
      .set({ state: 'expired' })
      .where('state', 'in', ['queued', 'sent'])
      .where('expiresAt', '<=', this.#connection.now())
      .returningAll()
      .execute();
  }

  /**
   * Moves the agent's numbers above `seq`, for a bot whose database was restored while its agent remembers more
   * (channel.md §7). @returns true when they were below it
   */
  async raiseNumber(agent: string, seq: number): Promise<boolean> {
    const row = await this.#connection.db
      .updateTable('agents')
      .set({ lastCommand: seq })
      .where('id', '=', agent)
      .where('lastCommand', '<', seq)
      .returning('id')
      .executeTakeFirst();
    return row !== undefined;
  }
}
