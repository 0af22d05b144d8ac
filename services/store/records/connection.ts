import type { Kysely } from 'kysely';
import type { Database } from './database.ts';

/** What every table store is built on. */
export interface Connection {
  /** The database, or the transaction that the store's statements belong to. */
  readonly db: Kysely<Database>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** A new id that sorts behind all earlier ones of this process. */
  readonly nextId: () => string;
}

/**
 * Runs `work` in one transaction: in the one that is open, else in a new one. `work` uses only the connection that it is
 * given; SQLite has one connection, and who asks for it from inside waits for ever.
 */
export async function inTransaction<T>(
  connection: Connection,
  work: (inside: Connection) => Promise<T>,
): Promise<T> {
  if (connection.db.isTransaction) return await work(connection);
  return await connection.db.transaction().execute((db) => work({ ...connection, db }));
}
