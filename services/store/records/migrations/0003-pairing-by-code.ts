import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Another machine is paired with a code; how often codes were tried is remembered for a while. */
export const pairingByCode: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.alterTable('pairings').addColumn('code_hash', 'text').execute();
    await db.schema.createIndex('pairings_by_code').on('pairings').column('code_hash').execute();
    await db.schema
      .createTable('code_tries')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('user', 'text', (column) => column.notNull())
      .addColumn('guild', 'text', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('code_tries_by_time').on('code_tries').column('at').execute();
  },
};
