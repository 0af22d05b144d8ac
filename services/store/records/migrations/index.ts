import type { Migration } from 'kysely/migration';
import { firstTables } from './0001-first-tables.ts';

/** Every migration under the name that the database remembers, in the order of their names. Never edited, only added to. */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-first-tables': firstTables,
};
