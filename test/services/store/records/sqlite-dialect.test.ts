import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { Kysely, sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeSqliteDialect } from '../../../../services/store/records/sqlite-dialect.ts';

interface Things {
  readonly things: {
    name: string | null;
    count: number | bigint | null;
    bytes: Uint8Array | null;
  };
}

let db: Kysely<Things>;
let database: DatabaseSync;
beforeEach(async () => {
  database = new DatabaseSync(':memory:');
  db = new Kysely<Things>({ dialect: nodeSqliteDialect(database) });
  await sql`create table things (name text, count bigint, bytes bytea)`.execute(db);
});
afterEach(() => db.destroy());

async function keep(thing: Things['things']): Promise<Things['things']> {
  await db.deleteFrom('things').execute();
  await db.insertInto('things').values(thing).execute();
  return await db.selectFrom('things').selectAll().executeTakeFirstOrThrow();
}

const nothing = { name: null, count: null, bytes: null };

describe('the SQLite dialect', () => {
  it('gives back every text, integer and byte as it was', async () => {
    const texts = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0'));
    await fc.assert(
      fc.asyncProperty(texts, fc.maxSafeInteger(), fc.uint8Array(), async (name, count, bytes) => {
        expect(await keep({ name, count: count + 0, bytes })).toEqual({ name, count: count + 0, bytes });
      }),
    );
  });

  it('gives back integers of 64 bits as bigint where a number would lose digits', async () => {
    for (const count of [2n ** 53n, -(2n ** 63n), 2n ** 63n - 1n]) {
      expect(await keep({ ...nothing, count })).toEqual({ ...nothing, count });
    }
    expect(await keep({ ...nothing, count: 2n ** 53n - 1n })).toEqual({ ...nothing, count: 2 ** 53 - 1 });
  });

  it('never makes a number into a text that looks otherwise', async () => {
    await sql`insert into things (name) values (${5})`.execute(db);

    expect(await db.selectFrom('things').select('name').executeTakeFirst()).toEqual({ name: '5' });
  });

  it.each([
    ['a Date', new Date(), 'Date'],
    ['an object', { $name: 'x' }, 'Object'],
    ['a list', ['x'], 'Array'],
    ['an object without a prototype', Object.create(null), 'object'],
    ['undefined', undefined, 'undefined'],
    ['true', true, 'boolean'],
    ['NaN', Number.NaN, 'safe integer'],
    ['half of one', 0.5, 'safe integer'],
    ['a number beyond 2^53', 2 ** 53, 'safe integer'],
    ['a bigint beyond 64 bits', 2n ** 63n, '64 bits'],
    ['text with NUL', 'a\0b', 'NUL'],
    ['half of a surrogate pair', '\ud83d', 'well-formed'],
  ])('refuses %s', async (_, value, reason) => {
    await expect(sql`insert into things (name) values (${value})`.execute(db)).rejects.toThrow(reason);
    expect(await db.selectFrom('things').selectAll().execute()).toEqual([]);
  });

  it('never shows what it refuses', async () => {
    const hidden = `hunter2\0`;

    const problem = await sql`select ${hidden}`.execute(db).catch((error: unknown) => error);

    expect(String(problem)).not.toContain('hunter2');
  });

  it('returns rows of statements that write', async () => {
    const inserted = await db
      .insertInto('things')
      .values({ ...nothing, count: 1 })
      .returning('count')
      .execute();
    const { numUpdatedRows } = await db.updateTable('things').set({ count: 2 }).executeTakeFirstOrThrow();

    expect(inserted).toEqual([{ count: 1 }]);
    expect(numUpdatedRows).toBe(1n);
  });

  it('streams rows', async () => {
    for (const count of [1, 2, 3]) await keepAlso(count);

    const counts = [];
    for await (const row of db.selectFrom('things').select('count').orderBy('count').stream()) {
      counts.push(row.count);
    }

    expect(counts).toEqual([1, 2, 3]);
  });

  it('takes the write lock when a transaction begins', async () => {
    await db.transaction().execute(async (transaction) => {
      expect(database.isTransaction).toBe(true);
      await transaction.selectFrom('things').selectAll().execute();
    });

    expect(database.isTransaction).toBe(false);
  });

  it('shows the first error when SQLite has rolled back by itself', async () => {
    const failing = db.transaction().execute(async (transaction) => {
      await sql`rollback`.execute(transaction);
      throw new Error('the disk is full');
    });

    await expect(failing).rejects.toThrow('the disk is full');
  });
});

async function keepAlso(count: number): Promise<void> {
  await db
    .insertInto('things')
    .values({ ...nothing, count })
    .execute();
}
