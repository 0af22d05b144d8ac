import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * Written once; later changes are later files. `bigint` and `bytea` are words that SQLite and PostgreSQL both take, the
 * first for 64-bit integers (PostgreSQL's `integer` has 32 bits, too few for milliseconds), the second for bytes as they are.
 */
export const firstTables: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await machines(db);
    await channel(db);
    await work(db);
    await surface(db);
    await bookkeeping(db);
  },
};

async function machines(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('agents')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('guild', 'text', (column) => column.notNull())
    .addColumn('owner', 'text', (column) => column.notNull())
    .addColumn('label', 'text', (column) => column.notNull())
    .addColumn('os', 'text', (column) => column.notNull())
    .addColumn('jwk', 'text', (column) => column.notNull())
    .addColumn('thumbprint', 'text', (column) => column.notNull().unique())
    .addColumn('epoch', 'bigint', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('paired_at', 'bigint', (column) => column.notNull())
    .addColumn('last_round_trip_at', 'bigint')
    .addColumn('agent_version', 'text')
    .addColumn('last_command', 'bigint', (column) => column.notNull())
    // What names an agent together with its guild and owner can refer to all three.
    .addUniqueConstraint('agents_scope', ['id', 'guild', 'owner'])
    .execute();
  await db.schema.createIndex('agents_by_owner').on('agents').columns(['guild', 'owner']).execute();

  await db.schema
    .createTable('pairings')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('guild', 'text', (column) => column.notNull())
    .addColumn('user', 'text', (column) => column.notNull())
    .addColumn('words', 'text', (column) => column.notNull())
    .addColumn('host', 'text', (column) => column.notNull())
    .addColumn('os_user', 'text', (column) => column.notNull())
    .addColumn('transcript', 'text', (column) => column.notNull().unique())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('pairings_by_user').on('pairings').columns(['user', 'created_at']).execute();
}

async function channel(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('outbox')
    .addColumn('agent', 'text', (column) => column.notNull().references('agents.id'))
    .addColumn('epoch', 'bigint', (column) => column.notNull())
    .addColumn('seq', 'bigint', (column) => column.notNull())
    .addColumn('command', 'text', (column) => column.notNull())
    .addColumn('job', 'text')
    .addColumn('raw', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addColumn('sent_at', 'bigint')
    .addPrimaryKeyConstraint('outbox_key', ['agent', 'seq'])
    .execute();
  await db.schema.createIndex('outbox_by_expiry').on('outbox').columns(['state', 'expires_at']).execute();

  await db.schema
    .createTable('inbox')
    .addColumn('agent', 'text', (column) => column.notNull().references('agents.id'))
    .addColumn('epoch', 'bigint', (column) => column.notNull())
    .addColumn('seq', 'bigint', (column) => column.notNull())
    .addColumn('event', 'text', (column) => column.notNull())
    .addColumn('job', 'text')
    .addColumn('raw', 'text', (column) => column.notNull())
    .addColumn('received_at', 'bigint', (column) => column.notNull())
    .addColumn('handled_at', 'bigint')
    .addPrimaryKeyConstraint('inbox_key', ['agent', 'epoch', 'seq'])
    .execute();
  await db.schema.createIndex('inbox_by_job').on('inbox').columns(['agent', 'job']).execute();
  await db.schema
    .createIndex('inbox_by_handled')
    .on('inbox')
    .columns(['handled_at', 'received_at'])
    .execute();
}

async function work(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('jobs')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('agent', 'text', (column) => column.notNull())
    .addColumn('type', 'text', (column) => column.notNull())
    .addColumn('guild', 'text', (column) => column.notNull())
    .addColumn('owner', 'text', (column) => column.notNull())
    .addColumn('actor', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('plan', 'text')
    .addColumn('result', 'text')
    .addColumn('error_code', 'text')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('ended_at', 'bigint')
    .addForeignKeyConstraint('jobs_agent', ['agent', 'guild', 'owner'], 'agents', ['id', 'guild', 'owner'])
    .execute();
  await db.schema.createIndex('jobs_by_owner').on('jobs').columns(['guild', 'owner', 'created_at']).execute();
  await db.schema.createIndex('jobs_by_agent').on('jobs').columns(['agent', 'ended_at']).execute();

  await db.schema
    .createTable('plans')
    .addColumn('digest', 'text', (column) => column.primaryKey())
    .addColumn('agent', 'text', (column) => column.notNull().references('agents.id'))
    .addColumn('job', 'text', (column) => column.notNull().references('jobs.id'))
    .addColumn('bytes', sql`bytea`, (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addColumn('used_by_job', 'text', (column) => column.references('jobs.id'))
    .addUniqueConstraint('plans_of_agent', ['digest', 'agent'])
    .execute();

  await db.schema
    .createTable('approvals')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('user', 'text', (column) => column.notNull())
    .addColumn('guild', 'text', (column) => column.notNull())
    .addColumn('message', 'text')
    .addColumn('agent', 'text', (column) => column.notNull())
    .addColumn('job_type', 'text', (column) => column.notNull())
    .addColumn('plan', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('interaction', 'text', (column) => column.unique())
    .addColumn('used_at', 'bigint')
    .addForeignKeyConstraint('approvals_plan', ['plan', 'agent'], 'plans', ['digest', 'agent'])
    .execute();
}

async function surface(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('components')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('route', 'text', (column) => column.notNull())
    .addColumn('guild', 'text', (column) => column.notNull())
    .addColumn('owner', 'text')
    .addColumn('data', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('components_by_expiry').on('components').column('expires_at').execute();

  await db.schema
    .createTable('stories')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('guild', 'text', (column) => column.notNull())
    .addColumn('owner', 'text', (column) => column.notNull())
    .addColumn('channel', 'text')
    .addColumn('thread', 'text', (column) => column.unique())
    .addColumn('card', 'text')
    .addColumn('agent', 'text')
    .addColumn('job', 'text')
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('version', 'bigint', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .addColumn('ended_at', 'bigint')
    .addForeignKeyConstraint('stories_agent', ['agent', 'guild', 'owner'], 'agents', ['id', 'guild', 'owner'])
    .execute();
  await db.schema.createIndex('stories_by_owner').on('stories').columns(['guild', 'owner']).execute();
  await db.schema.createIndex('stories_by_job').on('stories').column('job').execute();
}

async function bookkeeping(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('events')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('guild', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('method', 'text')
    .addColumn('segment', 'text')
    .addColumn('duration_ms', 'bigint')
    .addColumn('code', 'text')
    .addColumn('story', 'text')
    .execute();
  await db.schema.createIndex('events_by_time').on('events').columns(['guild', 'at']).execute();

  await db.schema
    .createTable('audit')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('guild', 'text')
    .addColumn('agent', 'text')
    .addColumn('job', 'text')
    .addColumn('actor', 'text')
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('body', 'text', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('audit_by_time').on('audit').column('at').execute();

  await db.schema
    .createTable('settings')
    .addColumn('guild', 'text', (column) => column.notNull())
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('value', 'text', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('settings_key', ['guild', 'key'])
    .execute();

  await db.schema
    .createTable('cache')
    .addColumn('namespace', 'text', (column) => column.notNull())
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('value', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'bigint')
    .addPrimaryKeyConstraint('cache_key', ['namespace', 'key'])
    .execute();
  await db.schema.createIndex('cache_by_expiry').on('cache').column('expires_at').execute();
}
