import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** An approval can be for a part of a plan: up to the end of a phase. */
export const approvalsThatPause: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.alterTable('approvals').addColumn('pause_after', 'text').execute();
  },
};
