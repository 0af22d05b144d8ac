import * as fs from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadIdentity } from '../../src/agent/backup/identity.ts';
import { verifyBackup } from '../../src/agent/backup/verify.ts';
import { previewRollback } from '../../src/agent/rollback/preview.ts';
import { undoMigration } from '../../src/agent/run/migrate.ts';
import { loadPlan, loadRun, newestRun, type Run } from '../../src/agent/run/run-record.ts';
import { AppError } from '../../src/shared/errors.ts';
import { buildTinyInstallation, type TinyInstallation } from '../fixtures/tiny-installation.ts';
import { describeTree } from '../helpers/digest.ts';
import { useTempFolder } from '../helpers/temp.ts';
import { freshSystem, homeOf, migrateTiny, newestBackup, QUIET } from '../helpers/tiny-migration.ts';

/** Always the same cases for the same seed; with AWM_DEEP for minutes. */
const RUNS = {
  seed: Number(process.env['AWM_SEED'] ?? 20_250_624),
  numRuns: process.env['AWM_DEEP'] === '1' ? 5_000 : 60,
};

const folder = useTempFolder('file');
let tiny: TinyInstallation;
let backup: string;
let run: Run;
let migrated: readonly string[];

beforeAll(async () => {
  tiny = buildTinyInstallation(join(folder(), 'tiny'), 'existing');
  await migrateTiny(freshSystem(tiny), tiny);
  backup = newestBackup(tiny);
  migrated = describeTree(tiny.target);
  const found = newestRun(freshSystem(tiny), homeOf(tiny));
  if (found === undefined) throw new Error('there is no run');
  run = found;
});

/** What a disk, a copy or a person can do to a file. */
const damage = fc.oneof(
  fc.record({ how: fc.constant('flip' as const), at: fc.nat(), bit: fc.integer({ min: 0, max: 7 }) }),
  fc.record({ how: fc.constant('cut' as const), at: fc.nat() }),
  fc.record({
    how: fc.constant('put' as const),
    at: fc.nat(),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }),
  }),
  fc.record({
    how: fc.constant('over' as const),
    at: fc.nat(),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 600 }),
  }),
  fc.record({
    how: fc.constant('text' as const),
    at: fc.nat(),
    bytes: fc
      .constantFrom('null', '{}', '[]', '""', '-1', '1e999', '"../../x"', '{"__proto__":1}', '\n', '\0')
      .map((text) => Buffer.from(text)),
  }),
  fc.record({ how: fc.constant('all' as const), bytes: fc.uint8Array({ maxLength: 300 }) }),
);
type Damage = typeof damage extends fc.Arbitrary<infer T> ? T : never;

function damaged(bytes: Buffer, one: Damage): Buffer {
  if (one.how === 'all') return Buffer.from(one.bytes);
  const at = bytes.length === 0 ? 0 : one.at % bytes.length;
  const [head, tail] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (one.how) {
    case 'cut':
      return head;
    case 'flip':
      return Buffer.concat([head, Buffer.from([(tail[0] ?? 0) ^ (1 << one.bit)]), tail.subarray(1)]);
    case 'put':
    case 'text':
      return Buffer.concat([head, one.bytes, tail]);
    case 'over':
      return Buffer.concat([head, one.bytes, tail.subarray(one.bytes.length)]);
  }
}

/** Runs `look` with the file damaged; the file is whole again afterwards. */
async function withDamage(
  path: string,
  one: Damage,
  look: (isSame: boolean) => Promise<void>,
): Promise<void> {
  const bytes = fs.readFileSync(path);
  const other = damaged(bytes, one);
  fs.writeFileSync(path, other);
  try {
    await look(other.equals(bytes));
  } finally {
    fs.writeFileSync(path, bytes);
  }
}

/** What was thrown; anything but words for a person fails the test. */
async function told(work: () => unknown): Promise<AppError | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

describe('Damaged bytes', () => {
  it('of any file of a backup are noticed, in words, and nothing is written', async () => {
    const system = freshSystem(tiny);
    const identity = await loadIdentity(system, join(tiny.agentHome, 'backup-identity.txt'));
    const files = fs
      .readdirSync(backup)
      .filter((name) => !/^(README\.txt|restore\.sh)$/.test(name))
      .sort();
    expect(files.some((name) => name.endsWith('.tar'))).toBe(true);
    await fc.assert(
      fc.asyncProperty(fc.nat(), damage, async (which, one) => {
        const path = join(backup, files[which % files.length] ?? '');
        await withDamage(path, one, async (isSame) => {
          let isOk = false;
          const error = await told(async () => {
            isOk = (await verifyBackup(system, backup, identity)).checks.every(({ ok }) => ok);
          });
          expect(isOk, `${path} ${error?.message}`).toBe(isSame);
          const refused = await told(() => previewRollback(system, homeOf(tiny), backup));
          expect(refused === undefined, path).toBe(isSame);
        });
      }),
      RUNS,
    );
    expect(describeTree(tiny.target)).toEqual(migrated);
  });

  it('of a journal are cut off at its end, or named; no record is ever made up', async () => {
    await fc.assert(
      fc.asyncProperty(damage, async (one) => {
        await withDamage(join(run.folder, 'journal.ndjson'), one, async () => {
          let entries: Run['entries'] = [];
          const error = await told(() => {
            entries = loadRun(freshSystem(tiny), homeOf(tiny), run.record.id).entries;
          });
          if (error === undefined) expect(run.entries.slice(0, entries.length)).toEqual(entries);
          else expect(error.code).toBe('JOURNAL_DAMAGED');
        });
      }),
      RUNS,
    );
  });

  it('of a plan or of a record of a run are named, and nothing goes on with it', async () => {
    const files = ['plan.json', 'run.json'] as const;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...files), damage, async (file, one) => {
        await withDamage(join(run.folder, file), one, async (isSame) => {
          const system = freshSystem(tiny);
          const error = await told(() => loadPlan(system, loadRun(system, homeOf(tiny), run.record.id)));
          if (isSame) expect(error).toBeUndefined();
          else if (file === 'plan.json') expect(error?.code).toBe('PLAN_DAMAGED');
          else if (error !== undefined) expect(error.code).toMatch(/^(RUN_RECORD|PLAN)_DAMAGED$/);
          const undone = await told(() => {
            undoMigration(system, homeOf(tiny), loadRun(system, homeOf(tiny), run.record.id), QUIET);
          });
          expect(undone).toBeInstanceOf(AppError);
        });
      }),
      RUNS,
    );
    expect(describeTree(tiny.target)).toEqual(migrated);
  });
});
