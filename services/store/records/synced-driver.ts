import { type FileHandle, open } from 'node:fs/promises';
import type { DatabaseSync } from 'node:sqlite';
import {
  type CompiledQuery,
  type DatabaseConnection,
  type QueryResult,
  SelectQueryNode,
  type SqliteDatabase,
  SqliteDriver,
} from 'kysely';

/** Where commits go. */
export interface Disk {
  /** Fulfilled when everything that was committed survives a power failure. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/**
 * The write-ahead log beside the database file, to which every commit is appended. SQLite takes no lock on it, so opening it
 * a second time takes none away.
 */
export class WriteAheadLog implements Disk {
  readonly #path: string;
  #file: Promise<FileHandle> | undefined;

  /** `path` of the database. */
  constructor(path: string) {
    this.#path = `${path}-wal`;
  }

  async sync(): Promise<void> {
    this.#file ??= this.#open();
    await (await this.#file).datasync();
  }

  async close(): Promise<void> {
    await (await this.#file)?.close();
  }

  async #open(): Promise<FileHandle> {
    try {
      return await open(this.#path, 'r+');
    } catch (error) {
      this.#file = undefined;
      throw error;
    }
  }
}

/**
 * Fulfils a write when it is on the disk, as SQLite's own `synchronous = FULL` does; but SQLite would let the whole program
 * stand still for it, and people who press a button wait meanwhile. The database must be in WAL mode.
 */
export class SyncedDriver extends SqliteDriver {
  readonly #database: DatabaseSync;
  readonly #disk: Disk;
  #connection: DatabaseConnection | undefined;

  constructor(shape: SqliteDatabase, database: DatabaseSync, disk: Disk) {
    super({ database: shape });
    this.#database = database;
    this.#disk = disk;
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    this.#connection ??= new SyncedConnection(await super.acquireConnection(), this.#database, this.#disk);
    return this.#connection;
  }

  override async destroy(): Promise<void> {
    await this.#disk.close();
    await super.destroy();
  }
}

class SyncedConnection implements DatabaseConnection {
  readonly #inner: DatabaseConnection;
  readonly #database: DatabaseSync;
  readonly #disk: Disk;

  constructor(inner: DatabaseConnection, database: DatabaseSync, disk: Disk) {
    this.#inner = inner;
    this.#database = database;
    this.#disk = disk;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const result = await this.#inner.executeQuery<R>(query);
    // Inside a transaction nothing is committed yet; its `commit` comes by here too.
    if (!SelectQueryNode.is(query.query) && !this.#database.isTransaction) await this.#disk.sync();
    return result;
  }

  streamQuery<R>(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<R>> {
    return this.#inner.streamQuery<R>(query, chunkSize);
  }
}
