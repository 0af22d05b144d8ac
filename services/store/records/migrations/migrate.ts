import type { Kysely } from 'kysely';
import { DEFAULT_MIGRATION_TABLE, type Migration, Migrator } from 'kysely/migration';
import { AppError } from '../../../../src/shared/errors.ts';
import type { Database } from '../database.ts';
import { MIGRATIONS } from './index.ts';

/**
 * Brings the schema up to date, in one transaction. Doing it again changes nothing.
 * @returns the names of the migrations that were applied now, in order
 * @throws RECORDS_NEWER when the database has a migration that this program does not know; it is not touched then
 */
export async function migrate(
  db: Kysely<Database>,
  place: string,
  migrations: Readonly<Record<string, Migration>> = MIGRATIONS,
): Promise<string[]> {
  const unknown = (await appliedMigrations(db)).find((name) => !Object.hasOwn(migrations, name));
  if (unknown !== undefined) throw new AppError('RECORDS_NEWER', { path: place, schema: unknown });

  const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...migrations }) } });
  const { error, results } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
  return (results ?? []).map(({ migrationName }) => migrationName);
}

/** The names that the database remembers; none when it is empty. */
async function appliedMigrations(db: Kysely<Database>): Promise<string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some(({ name }) => name === DEFAULT_MIGRATION_TABLE)) return [];
  const memory = db.withTables<{ [DEFAULT_MIGRATION_TABLE]: { name: string } }>();
  const rows = await memory
    .selectFrom(DEFAULT_MIGRATION_TABLE)
    .select('name')
    .orderBy('name', 'desc')
    .execute();
  return rows.map(({ name }) => name);
}
