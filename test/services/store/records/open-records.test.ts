import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRecords } from '../../../../services/store/records/open-records.ts';
import { AppError } from '../../../../src/shared/errors.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'records-'));
  path = join(folder, 'data', 'records.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

async function problemOf(opening: Promise<unknown>): Promise<AppError> {
  const problem = await opening.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(problem).toBeInstanceOf(AppError);
  return problem as AppError;
}

/** The SQL of everything in the database, without what SQLite makes by itself. */
function schemaOf(file: string): unknown[] {
  const database = new DatabaseSync(file, { readOnly: true });
  const rows = database
    .prepare('SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name')
    .all();
  database.close();
  return rows;
}

describe('opening records', () => {
  it('makes file and folder for this user alone', async () => {
    const records = await openRecords({ path });
    await records.settings.set('g', 'k', 'v');

    const modes = ['', '/records.db', '/records.db-wal', '/records.db-shm'].map(
      (name) => statSync(join(folder, 'data') + name).mode & 0o777,
    );
    await records.close();

    expect(modes).toEqual([0o700, 0o600, 0o600, 0o600]);
  });

  it('writes ahead, so that others can read meanwhile', async () => {
    const records = await openRecords({ path });
    await records.close();
    const database = new DatabaseSync(path);
    const mode = database.prepare('PRAGMA journal_mode').get();
    database.close();

    expect(mode).toMatchObject({ journal_mode: 'wal' });
  });

  it('leaves one file when it is closed, and closes twice without harm', async () => {
    const records = await openRecords({ path });
    await records.settings.set('g', 'k', 'v');

    await records.close();
    await records.close();

    expect(() => statSync(`${path}-wal`)).toThrow();
  });

  it('finds everything again and changes no schema when it opens a second time', async () => {
    const first = await openRecords({ path });
    await first.settings.set('g', 'k', 'v');
    await first.close();
    const before = schemaOf(path);

    const second = await openRecords({ path });
    const value = await second.settings.get('g', 'k');
    await second.close();

    expect(value).toBe('v');
    expect(schemaOf(path)).toEqual(before);
  });

  it('refuses records of a newer schema and leaves them as they are', async () => {
    await (await openRecords({ path })).close();
    const database = new DatabaseSync(path);
    database.exec(
      "INSERT INTO kysely_migration (name, timestamp) VALUES ('9999-from-tomorrow', '2026-01-01T00:00:00.000Z')",
    );
    database.close();
    const before = readFileSync(path);

    const problem = await problemOf(openRecords({ path }));

    expect(problem.code).toBe('RECORDS_NEWER');
    expect(problem.message).toContain(path);
    expect(problem.message).toContain('9999-from-tomorrow');
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it.each([
    ['a file that is no database', () => writeFileSync(path, 'hello '.repeat(500)), 'not a database'],
    ['a folder', () => mkdirSync(path), 'EISDIR'],
  ])('names %s as the reason', async (_, make, reason) => {
    mkdirSync(join(folder, 'data'));
    make();

    const problem = await problemOf(openRecords({ path }));

    expect(problem.code).toBe('RECORDS_UNUSABLE');
    expect(problem.message).toContain(reason);
  });

  it('names a database that somebody else filled as the reason', async () => {
    mkdirSync(join(folder, 'data'));
    const database = new DatabaseSync(path);
    database.exec('CREATE TABLE agents (name TEXT)');
    database.close();

    const problem = await problemOf(openRecords({ path }));

    expect(problem.code).toBe('RECORDS_UNUSABLE');
    expect(problem.message).toContain('agents');
    expect(schemaOf(path).map((row) => (row as { name: string }).name)).not.toContain('jobs');
  });

  it('stores nothing whose machine is not there', async () => {
    const records = await openRecords({ path });

    const job = { id: 'j1', agent: 'ag_none', type: 'assess', guild: 'g', owner: 'o', actor: 'o' };

    await expect(records.jobs.create(job)).rejects.toThrow('FOREIGN KEY');
    await records.close();
  });
});
