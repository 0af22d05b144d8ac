import { PAIRING } from '../../../src/protocol/limits.ts';
import { type Connection, inTransaction } from './connection.ts';
import type { Presser } from './database.ts';

/** Codes of pairings that people tried, right or wrong: so many in a time, so that nobody finds one by guessing. */
export class CodeTries {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Counts a try of this person. False when too many were made, by them, in that server or by all: then it does not count. */
  async take({ guild, user: typist }: Presser): Promise<boolean> {
    return await inTransaction(this.#connection, async ({ db, now, nextId }) => {
      const since = now() - PAIRING.codeTriesMs;
      const { user, server, all } = await db
        .selectFrom('codeTries')
        .select(({ fn, eb }) => [
          fn.countAll().as('all'),
          fn.sum(eb.case().when('user', '=', typist).then(1).else(0).end()).as('user'),
          fn.sum(eb.case().when('guild', '=', guild).then(1).else(0).end()).as('server'),
        ])
        .where('at', '>', since)
        .executeTakeFirstOrThrow();
      const isOver =
        Number(user) >= PAIRING.codeTriesPerUser ||
        Number(server) >= PAIRING.codeTriesPerGuild ||
        Number(all) >= PAIRING.codeTriesInAll;
      if (isOver) return false;
      await db.insertInto('codeTries').values({ id: nextId(), user: typist, guild, at: now() }).execute();
      return true;
    });
  }

  /** Forgets what no longer counts. */
  async removeOld(): Promise<void> {
    const { db, now } = this.#connection;
    await db
      .deleteFrom('codeTries')
      .where('at', '<=', now() - PAIRING.codeTriesMs)
      .execute();
  }
}
