import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import {
  type Dialect,
  type DialectAdapter,
  type Driver,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDialect,
  type SqliteStatement,
} from 'kysely';
import { fromSqlite, toSqlite } from './sqlite-values.ts';
import { type Disk, SyncedDriver } from './synced-driver.ts';

type Row = Record<string, SQLOutputValue>;

/**
 * Kysely's SQLite dialect on Node's own SQLite. With `disk` a write is fulfilled when it is on the disk. Destroying the
 * Kysely instance closes both.
 */
export function nodeSqliteDialect(database: DatabaseSync, disk?: Disk): Dialect {
  return new NodeSqliteDialect(database, disk);
}

class NodeSqliteDialect extends SqliteDialect {
  readonly #database: DatabaseSync;
  readonly #shape: DriverShape;
  readonly #disk: Disk | undefined;

  constructor(database: DatabaseSync, disk: Disk | undefined) {
    const shape = new DriverShape(database);
    super({ database: shape });
    this.#database = database;
    this.#shape = shape;
    this.#disk = disk;
  }

  override createDriver(): Driver {
    if (this.#disk === undefined) return super.createDriver();
    return new SyncedDriver(this.#shape, this.#database, this.#disk);
  }

  override createAdapter(): DialectAdapter {
    return new TransactionalDdlAdapter();
  }
}

/**
 * Kysely runs migrations of SQLite outside a transaction, for those that need `PRAGMA foreign_keys`. Ours need none, and
 * SQLite takes back DDL like anything else: with a transaction, a crash in the middle of a migration leaves nothing.
 */
class TransactionalDdlAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/** `DatabaseSync` in the shape of the driver that Kysely expects. */
class DriverShape implements SqliteDatabase {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  close(): void {
    this.#database.close();
  }

  prepare(sql: string): SqliteStatement {
    // SQLite has already rolled back after some errors (a full disk): a second rollback would hide the first error.
    if (sql === 'rollback' && !this.#database.isTransaction) return NOTHING_TO_DO;
    return new StatementShape(this.#database, sql === 'begin' ? BEGIN : sql);
  }
}

/** A plain `begin` takes the write lock at the first write, where another writer makes it fail instead of wait. */
const BEGIN = 'begin immediate';

const NOTHING_TO_DO: SqliteStatement = {
  reader: false,
  all: () => [],
  run: () => ({ changes: 0, lastInsertRowid: 0 }),
  iterate: () => [].values(),
};

class StatementShape implements SqliteStatement {
  readonly #statement: ReturnType<DatabaseSync['prepare']>;
  readonly reader: boolean;

  constructor(database: DatabaseSync, sql: string) {
    this.#statement = database.prepare(sql);
    this.#statement.setReadBigInts(true);
    this.reader = this.#statement.columns().length > 0;
  }

  all(parameters: readonly unknown[]): Row[] {
    return this.#statement.all(...parameters.map(toSqlite)).map(fromSqlite);
  }

  run(parameters: readonly unknown[]): { changes: number | bigint; lastInsertRowid: number | bigint } {
    return this.#statement.run(...parameters.map(toSqlite));
  }

  *iterate(parameters: readonly unknown[]): IterableIterator<Row> {
    for (const row of this.#statement.iterate(...parameters.map(toSqlite))) yield fromSqlite(row);
  }
}
