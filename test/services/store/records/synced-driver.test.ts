import { DatabaseSync } from 'node:sqlite';
import { Kysely, sql } from 'kysely';
import { expect, it } from 'vitest';
import { nodeSqliteDialect } from '../../../../services/store/records/sqlite-dialect.ts';
import type { Disk } from '../../../../services/store/records/synced-driver.ts';

interface Things {
  readonly things: { readonly name: string };
}

/** A disk that finishes when it is told to. */
class SlowDisk implements Disk {
  syncs = 0;
  isClosed = false;
  held: PromiseWithResolvers<void> | undefined;

  async sync(): Promise<void> {
    this.syncs += 1;
    await this.held?.promise;
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }
}

async function world() {
  const disk = new SlowDisk();
  const database = new DatabaseSync(':memory:');
  const db = new Kysely<Things>({ dialect: nodeSqliteDialect(database, disk) });
  await sql`create table things (name text)`.execute(db);
  disk.syncs = 0;
  const add = (name: string, on: Pick<typeof db, 'insertInto'> = db) =>
    on.insertInto('things').values({ name }).execute();
  return { disk, db, database, add };
}

it('fulfils a write only once it is on the disk, and shows it to nobody before', async () => {
  const { disk, db, database, add } = await world();
  disk.held = Promise.withResolvers();
  const order: string[] = [];

  const write = add('one').then(() => order.push('written'));
  const read = db
    .selectFrom('things')
    .selectAll()
    .execute()
    .then((rows) => order.push(`${rows.length} read`));
  while (disk.syncs === 0) await Promise.resolve();
  expect(database.prepare('select count(*) as n from things').get()).toEqual({ n: 1 });
  expect(order).toEqual([]);
  disk.held.resolve();
  await Promise.all([write, read]);

  expect(order).toEqual(['written', '1 read']);
  await db.destroy();
  expect(disk.isClosed).toBe(true);
});

it('waits for the disk once in a transaction, and not for what only reads', async () => {
  const { disk, db, add } = await world();

  await db.selectFrom('things').selectAll().execute();
  expect(disk.syncs).toBe(0);
  await db.transaction().execute(async (inside) => {
    await add('one', inside);
    await add('two', inside);
    expect(disk.syncs).toBe(0);
  });

  expect(disk.syncs).toBe(1);
  await db.destroy();
});

it('tells who wrote when the disk fails, and goes on when it works again', async () => {
  const { disk, db, add } = await world();
  disk.held = Promise.withResolvers();
  disk.held.reject(new Error('EIO'));

  await expect(add('one')).rejects.toThrow('EIO');
  await expect(db.transaction().execute((inside) => add('two', inside))).rejects.toThrow('EIO');
  disk.held = undefined;
  await add('three');

  await db.destroy();
});
