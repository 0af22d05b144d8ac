import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CamelCasePlugin, type Dialect, Kysely } from 'kysely';
import { AppError } from '../../../src/shared/errors.ts';
import { type Connection, inTransaction } from './connection.ts';
import type { Database } from './database.ts';
import { orderedIds } from './ids.ts';
import { migrate } from './migrations/migrate.ts';
import { type Records, tablesOn } from './records.ts';
import { nodeSqliteDialect } from './sqlite-dialect.ts';
import { WriteAheadLog } from './synced-driver.ts';

export interface RecordsOptions {
  /** The database file, made with its folders where there is none; `:memory:` for one that nobody else sees. */
  readonly path: string;
  /** Milliseconds since 1970; the system's clock when left out. */
  readonly now?: () => number;
}

/** How long a statement waits for another process that writes. The event loop stands still meanwhile. */
const BUSY_TIMEOUT_MS = 5_000;

/**
 * Opens the bot's records and brings their schema up to date.
 * @throws RECORDS_NEWER when a newer version wrote them; RECORDS_UNUSABLE when the file cannot be opened or is no database
 */
export async function openRecords({ path, now }: RecordsOptions): Promise<Records> {
  let dialect: Dialect;
  try {
    dialect = openDatabase(path);
  } catch (error) {
    throw new AppError('RECORDS_UNUSABLE', { path, reason: reasonOf(error) }, { cause: error });
  }
  return await recordsOn(dialect, path, now);
}

/**
 * Records on any dialect whose rows come back as `database.ts` has them (numbers for 64-bit integers). `place` is what a
 * person is told when something is wrong with it.
 */
export async function recordsOn(
  dialect: Dialect,
  place: string,
  now: () => number = Date.now,
): Promise<Records> {
  const db = new Kysely<Database>({
    dialect,
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
  });
  try {
    await migrate(db, place);
  } catch (error) {
    await db.destroy();
    if (error instanceof AppError) throw error;
    throw new AppError('RECORDS_UNUSABLE', { path: place, reason: reasonOf(error) }, { cause: error });
  }
  const connection: Connection = { db, now, nextId: orderedIds(now) };
  let closing: Promise<void> | undefined;
  return {
    ...tablesOn(connection),
    transaction: (work) => inTransaction(connection, (inside) => work(tablesOn(inside))),
    close: () => {
      closing ??= closeWhenIdle(db);
      return closing;
    },
  };
}

/** Takes the connection first, so that an open transaction ends before its database does. */
async function closeWhenIdle(db: Kysely<Database>): Promise<void> {
  await db.connection().execute(async () => {});
  await db.destroy();
}

function openDatabase(path: string): Dialect {
  if (path !== ':memory:') makePrivate(path);
  const database = new DatabaseSync(path, {
    timeout: BUSY_TIMEOUT_MS,
    enableForeignKeyConstraints: true,
    enableDoubleQuotedStringLiterals: false,
  });
  try {
    const mode = database.prepare('PRAGMA journal_mode = WAL').get()?.['journal_mode'];
    // Events are acknowledged after their commit, which must survive a power failure. Where there is a log we wait for the
    // disk ourselves, since SQLite would let everything else wait too.
    database.exec(`PRAGMA synchronous = ${mode === 'wal' ? 'NORMAL' : 'FULL'}`);
    return nodeSqliteDialect(database, mode === 'wal' ? new WriteAheadLog(path) : undefined);
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Makes the file and its folders for this user alone; SQLite gives the files beside it the same mode. */
function makePrivate(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(path, 'a', 0o600));
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
