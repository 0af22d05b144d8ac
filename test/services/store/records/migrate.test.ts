import { DatabaseSync } from 'node:sqlite';
import { CamelCasePlugin, Kysely } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../../../services/store/records/database.ts';
import { MIGRATIONS } from '../../../../services/store/records/migrations/index.ts';
import { migrate } from '../../../../services/store/records/migrations/migrate.ts';
import { nodeSqliteDialect } from '../../../../services/store/records/sqlite-dialect.ts';

let db: Kysely<Database>;
beforeEach(() => {
  const dialect = nodeSqliteDialect(new DatabaseSync(':memory:'));
  db = new Kysely<Database>({ dialect, plugins: [new CamelCasePlugin()] });
});
afterEach(() => db.destroy());

async function tables(): Promise<string[]> {
  return (await db.introspection.getTables()).map(({ name }) => name);
}

describe('migrations', () => {
  it('fill an empty database, and do nothing the second time', async () => {
    expect(await migrate(db, 'here')).toEqual(Object.keys(MIGRATIONS));
    const before = await tables();

    expect(await migrate(db, 'here')).toEqual([]);

    expect(await tables()).toEqual(before);
    expect(before).toContain('agents');
  });

  it('have names that sort in the order of the list and say what they are', () => {
    const names = Object.keys(MIGRATIONS);

    expect(names).toEqual(names.toSorted());
    for (const name of names) expect(name).toMatch(/^\d{4}(-[a-z]+)+$/);
  });

  it('leave nothing of those that were applied together with one that fails', async () => {
    const failing = {
      ...MIGRATIONS,
      '9999-breaks': {
        up: async (at: Kysely<unknown>) => {
          await at.schema.createTable('half').addColumn('id', 'text').execute();
          throw new Error('in the middle');
        },
      },
    };

    await expect(migrate(db, 'here', failing)).rejects.toThrow('in the middle');

    expect(await tables()).toEqual([]);
    expect(await migrate(db, 'here')).toEqual(Object.keys(MIGRATIONS));
  });

  it('continue where the database is', async () => {
    await migrate(db, 'here');
    const later = {
      up: async (at: Kysely<unknown>) => {
        await at.schema.createTable('later').addColumn('id', 'text').execute();
      },
    };

    expect(await migrate(db, 'here', { ...MIGRATIONS, '9999-later': later })).toEqual(['9999-later']);
  });

  it('make these tables with these columns', async () => {
    await migrate(db, 'here');

    const names = await Promise.all(
      (await db.introspection.getTables()).map(
        async ({ name, columns }) => `${name}: ${columns.map((column) => column.name).join(' ')}`,
      ),
    );

    expect(names).toMatchInlineSnapshot(`
      [
        "agents: id guild owner label os jwk thumbprint epoch state paired_at last_round_trip_at agent_version last_command",
        "approvals: id user guild message agent job_type plan created_at interaction used_at pause_after",
        "audit: id at guild agent job actor kind body",
        "cache: namespace key value expires_at",
        "code_tries: id user guild at",
        "components: id route guild owner data created_at expires_at",
        "events: id at guild kind method segment duration_ms code story",
        "inbox: agent epoch seq event job raw received_at handled_at",
        "jobs: id agent type guild owner actor state plan result error_code created_at ended_at",
        "outbox: agent epoch seq command job raw state created_at expires_at sent_at",
        "pairings: id guild user words host os_user transcript state created_at expires_at code_hash",
        "plans: digest agent job bytes created_at expires_at used_by_job",
        "settings: guild key value updated_at",
        "stories: id guild owner channel thread card agent job state version created_at updated_at ended_at",
      ]
    `);
  });
});
