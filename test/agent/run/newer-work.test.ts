import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { previewRollback } from '../../../src/agent/rollback/preview.ts';
import { rollBack } from '../../../src/agent/rollback/rollback.ts';
import { resumeMigration, undoMigration } from '../../../src/agent/run/migrate.ts';
import { MIGRATION_STEPS } from '../../../src/agent/run/migration-steps.ts';
import type { Kept } from '../../../src/agent/run/phases.ts';
import { newestRun, type Run } from '../../../src/agent/run/run-record.ts';
import type { System } from '../../../src/agent/system.ts';
import {
  buildTinyInstallation,
  type TinyInstallation,
  type TinyTarget,
} from '../../fixtures/tiny-installation.ts';
import { put } from '../../fixtures/write-files.ts';
import { askAgent } from '../../helpers/agent.ts';
import { faultySystem, systemError, WRITING_CALLS, withOverrides } from '../../helpers/faulty-system.ts';
import { useTempFolder } from '../../helpers/temp.ts';
import {
  describeHome,
  freshSystem,
  homeOf,
  migrateTiny,
  newestBackup,
  QUIET,
} from '../../helpers/tiny-migration.ts';

const folder = useTempFolder();
const WORK = 'a day of work\n';

let tiny: TinyInstallation;
let before: string[];

function build(kind: TinyTarget, name = 'tiny'): void {
  tiny = buildTinyInstallation(join(folder(), name), kind);
  before = describeHome(tiny);
}

/** Stops once this step is done, as a person does who asks for it. */
async function stopAfter(step: string, go: (hooks: typeof QUIET) => Promise<unknown>): Promise<Run> {
  const isDone = () => newestRun(freshSystem(tiny), homeOf(tiny))?.state.done.has(step) === true;
  expect(await go({ emit: () => {}, stopAsked: isDone })).toMatchObject({ outcome: 'interrupted' });
  return openRun();
}

function stoppedAfter(step: string): Promise<Run> {
  return stopAfter(step, (hooks) => migrateTiny(freshSystem(tiny), tiny, hooks));
}

function openRun(): Run {
  const run = newestRun(freshSystem(tiny), homeOf(tiny), 'open');
  if (run === undefined) throw new Error('no run is open');
  return run;
}

function takeBack(system: System = freshSystem(tiny)): readonly Kept[] {
  return undoMigration(system, homeOf(tiny), openRun(), QUIET);
}

/** Everything that lies in the places that the person was told of, by its path in the home. */
function keptFiles(kept: readonly Kept[]): Record<string, string> {
  return Object.fromEntries(
    kept.flatMap(({ path }) =>
      fs
        .readdirSync(path, { recursive: true, encoding: 'utf8' })
        .filter((rel) => fs.lstatSync(join(path, rel)).isFile())
        .map((rel) => [rel, fs.readFileSync(join(path, rel), 'utf8')]),
    ),
  );
}

const inHome = (rel: string) => join(tiny.target, rel);

/** Of another place, with a time long ago, as `mv`, `cp -p` and `tar x` leave it. */
function moveIn(rel: string): void {
  const old = join(tiny.root, 'precious.txt');
  fs.writeFileSync(old, WORK);
  fs.utimesSync(old, 1_500_000_000, 1_500_000_000);
  fs.renameSync(old, inHome(rel));
}

/** Other bytes of the same length in the same file, with its time put back. */
function changeQuietly(rel: string): void {
  const { atime, mtime, size } = fs.statSync(inHome(rel));
  const fd = fs.openSync(inHome(rel), 'r+');
  fs.writeSync(fd, 'x'.repeat(size));
  fs.closeSync(fd);
  fs.utimesSync(inHome(rel), atime, mtime);
}

describe.each<TinyTarget>(['none', 'existing'])('Taking a run back, with the target: %s', (kind) => {
  beforeEach(() => build(kind));

  test.each<[string, string, () => void]>([
    ['a file that was moved in with an old time', 'agents/precious.txt', () => moveIn('agents/precious.txt')],
    [
      'an edit of a file of the run',
      'agents/agent-poet.yaml',
      () => fs.appendFileSync(inHome('agents/agent-poet.yaml'), '# mine\n'),
    ],
    [
      'an edit that size and time do not tell',
      'agents/agent-poet.yaml',
      () => changeQuietly('agents/agent-poet.yaml'),
    ],
    [
      'a file of the same name, size and time in the place of one of the run',
      'agents/agent-poet.yaml',
      () => {
        const { atime, mtime } = fs.statSync(inHome('agents/agent-poet.yaml'));
        fs.rmSync(inHome('agents/agent-poet.yaml'));
        put(tiny.target, 'agents/agent-poet.yaml', 'name: pony\n', 0o640);
        fs.utimesSync(inHome('agents/agent-poet.yaml'), atime, mtime);
      },
    ],
    ['a new file', 'logs/notes/today.md', () => put(tiny.target, 'logs/notes/today.md', WORK)],
  ])('keeps %s, and says where', async (_, rel, work) => {
    await stoppedAfter('place');
    work();
    const mine = fs.readFileSync(inHome(rel), 'utf8');

    const kept = takeBack();

    const isLeft = fs.existsSync(inHome(rel));
    expect(isLeft ? fs.readFileSync(inHome(rel), 'utf8') : keptFiles(kept)[rel]).toBe(mine);
    if (!isLeft) expect(describeHome(tiny)).toEqual(before);
  });

  test('keeps work of before a resume that stopped again', async () => {
    const run = await stoppedAfter('place');
    put(tiny.target, 'logs/work.md', WORK);
    await stopAfter('ask-package', (hooks) => resumeMigration(freshSystem(tiny), homeOf(tiny), run, hooks));

    const kept = takeBack();

    expect(keptFiles(kept)['logs/work.md']).toBe(WORK);
    expect(describeHome(tiny)).toEqual(before);
  });

  test('keeps an edit of the records of the run', async () => {
    await stoppedAfter('place-records');
    fs.appendFileSync(inHome('migration/report.md'), WORK);

    const kept = takeBack();

    expect(kept.map(({ path }) => path)).toEqual([expect.stringMatching(/taken-back-records$/)]);
    expect(keptFiles(kept)['migration/report.md']).toContain(WORK);
    expect(describeHome(tiny)).toEqual(before);
  });

  test('keeps nothing where nothing was added or changed', async () => {
    await stoppedAfter('place-records');
    const { folder: runFolder } = openRun();

    expect(takeBack()).toEqual([]);

    expect(fs.readdirSync(runFolder).filter((name) => name.startsWith('taken-back'))).toEqual([]);
    expect(describeHome(tiny)).toEqual(before);
  });

  test('keeps all that was placed where the list of it is gone', async () => {
    const run = await stoppedAfter('place');
    fs.rmSync(join(run.folder, 'place.json'));

    const kept = takeBack();

    expect(keptFiles(kept)['agents/agent-poet.yaml']).toBe('name: poet\n');
    expect(describeHome(tiny)).toEqual(before);
  });

  test('keeps what was edited between a crash in the middle of placing and going on', async () => {
    for (let n = 1; ; n++) {
      build(kind, `crash-${n}`);
      const crashing = faultySystem(freshSystem(tiny), { calls: ['rename'], at: n, fault: 'crash' });
      await migrateTiny(crashing.system, tiny).catch(() => undefined);
      if (crashing.failed() === undefined) break;
      const agent = inHome('agents/agent-poet.yaml');
      const run = newestRun(freshSystem(tiny), homeOf(tiny), 'open');
      const isPlacing = run?.state.open.includes('place') === true && fs.existsSync(agent);
      if (!isPlacing) continue;
      fs.appendFileSync(agent, '# mine\n');
      await stopAfter('place', (hooks) => resumeMigration(freshSystem(tiny), homeOf(tiny), run, hooks));

      const kept = takeBack();

      expect(keptFiles(kept)['agents/agent-poet.yaml'], `rename ${n}`).toContain('# mine');
      expect(describeHome(tiny), `rename ${n}`).toEqual(before);
    }
  });

  test('keeps the work whichever call of taking back it is interrupted at', async () => {
    for (let n = 1; ; n++) {
      build(kind, `undo-${n}`);
      await stoppedAfter('place');
      changeQuietly('agents/agent-poet.yaml');
      const mine = fs.readFileSync(inHome('agents/agent-poet.yaml'), 'utf8');
      const crashing = faultySystem(freshSystem(tiny), { calls: WRITING_CALLS, at: n, fault: 'crash' });
      try {
        takeBack(crashing.system);
      } catch {
        // the crash that this test makes
      }
      if (crashing.failed() === undefined) break;
      const isOpen = newestRun(freshSystem(tiny), homeOf(tiny), 'open') !== undefined;
      const at = `call ${n}: ${crashing.failed()}`;
      if (isOpen) expect(keptFiles(takeBack())['agents/agent-poet.yaml'], at).toBe(mine);
      const runs = join(tiny.agentHome, 'runs');
      const name = fs.readdirSync(runs)[0] ?? '';
      expect(keptFiles([{ path: join(runs, name, 'taken-back'), what: '' }]), at).toMatchObject({
        'agents/agent-poet.yaml': mine,
      });
    }
  });

  test('by itself, since a later step failed, keeps it too, and the report says where', async () => {
    const system = freshSystem(tiny);
    const failing = withOverrides(system, {
      createFile: (path, mode) => {
        if (String(path).endsWith('/ledger.json')) {
          put(tiny.target, 'logs/work.md', WORK);
          throw systemError('EIO', 'open');
        }
        return system.createFile(path, mode);
      },
    });

    const report = await migrateTiny(failing, tiny);

    expect(report).toMatchObject({ outcome: 'undone', error: { code: 'IO_ERROR' } });
    expect(keptFiles(report.kept)['logs/work.md']).toBe(WORK);
    expect(describeHome(tiny)).toEqual(before);
  });

  test('for a rollback keeps it too, whatever its time, and the report says where', async () => {
    await stoppedAfter('place');
    moveIn('logs/precious.txt');
    const system = freshSystem(tiny);
    const preview = await previewRollback(system, homeOf(tiny), newestBackup(tiny));

    const report = await rollBack(system, homeOf(tiny), tiny.backups, preview);

    expect(report).toMatchObject({ outcome: 'rolled-back' });
    expect(keptFiles(report.kept)['logs/precious.txt']).toBe(WORK);
    expect(describeHome(tiny)).toEqual(before);
  });
});

test('A rollback keeps what a run with a damaged journal left beside the home', async () => {
  build('none');
  const run = await stoppedAfter('place');
  const staging = `${tiny.target}.${run.record.id}.staging`;
  fs.renameSync(tiny.target, staging);
  put(staging, 'work.md', WORK);
  const journal = join(run.folder, 'journal.ndjson');
  fs.writeFileSync(journal, fs.readFileSync(journal, 'utf8').replace('"type":"begin"', '"type":"bogus"'));
  const system = freshSystem(tiny);
  const preview = await previewRollback(system, homeOf(tiny), newestBackup(tiny));

  const report = await rollBack(system, homeOf(tiny), tiny.backups, preview);

  expect(report).toMatchObject({ outcome: 'rolled-back' });
  expect(keptFiles(report.kept)['work.md']).toBe(WORK);
  expect(describeHome(tiny)).toEqual(before);
});

test('The command line tells what it kept, in words and as data', async () => {
  const env = () => ({ MIGRATION_AGENT_HOME: tiny.agentHome, MIGRATION_BACKUP_DIR: tiny.backups });
  build('none');
  await stoppedAfter('place');
  moveIn('custom/precious.txt');

  const undo = ['recover', '--issue', 'partial_migration', '--option', '2', '--yes'];
  const { result } = askAgent<{ kept: Kept[] }>(tiny.home, undo, env());

  expect(keptFiles(result.kept)['custom/precious.txt']).toBe(WORK);
  expect(result.kept[0]?.what).toContain('newer work');

  await stoppedAfter('place');
  moveIn('custom/precious.txt');
  const back = askAgent<{ kept: Kept[] }>(tiny.home, ['restore-migration-backup', '--yes'], env());
  expect(keptFiles(back.result.kept)['custom/precious.txt']).toBe(WORK);
});

test('A run whose work folders have a name that is taken is refused before anything is written', async () => {
  for (const plant of [
    (path: string) => fs.mkdirSync(path),
    (path: string) => fs.symlinkSync(tiny.project, path),
  ]) {
    build('existing', `planted-${fs.readdirSync(folder()).length}`);
    const system = freshSystem(tiny);
    // Between the plan, which names the run, and the run itself.
    let isPlanted = false;
    const racing = withOverrides(system, {
      hardLink: (from, to) => {
        system.hardLink(from, to);
        isPlanted = true;
      },
    });
    const { planMigration } = await import('../../../src/agent/run/plan-migration.ts');
    const { runMigration } = await import('../../../src/agent/run/migrate.ts');
    const request = { source: tiny.clone, target: tiny.target, backups: tiny.backups, answers: new Map() };
    const plan = planMigration(racing, request);
    plant(`${tiny.target}.${plan.content.run}.aside`);
    const planted = describeHome(tiny);

    await expect(runMigration(racing, homeOf(tiny), request, plan, QUIET)).rejects.toMatchObject({
      code: 'STEP_CONFLICT',
    });

    expect(isPlanted).toBe(true);
    expect(describeHome(tiny)).toEqual(planted);
    expect(fs.existsSync(tiny.backups)).toBe(false);
  }
});

test('A run does not go on with a work folder that is a link or of another user', async () => {
  expect(MIGRATION_STEPS.map(({ id }) => id)).toContain('place');
  build('existing');
  const run = await stoppedAfter('check-staged');
  const aside = `${tiny.target}.${run.record.id}.aside`;
  fs.mkdirSync(join(tiny.root, 'elsewhere'));
  fs.symlinkSync(join(tiny.root, 'elsewhere'), aside);

  const report = await resumeMigration(freshSystem(tiny), homeOf(tiny), run, QUIET);

  expect(report).toMatchObject({ error: { code: 'STEP_CONFLICT', params: { path: aside } } });
  expect(fs.readdirSync(join(tiny.root, 'elsewhere'))).toEqual([]);
  if (process.getuid?.() !== 0) return;
  build('existing', 'other-user');
  const second = await stoppedAfter('check-staged');
  const planted = `${tiny.target}.${second.record.id}.aside`;
  fs.mkdirSync(planted);
  expect(spawnSync('chown', ['65534', planted]).status).toBe(0);
  expect(await resumeMigration(freshSystem(tiny), homeOf(tiny), second, QUIET)).toMatchObject({
    error: { code: 'STEP_CONFLICT', params: { path: planted } },
  });
});

test.each(['after.json', 'after-home.json'])(
  'A rollback says which file is damaged where %s is no JSON, and works without it',
  async (name) => {
    build('existing');
    await migrateTiny(freshSystem(tiny), tiny);
    const path = join(homeOf(tiny).run(newestRun(freshSystem(tiny), homeOf(tiny))?.record.id ?? ''), name);
    fs.writeFileSync(path, '{"config.ya');
    const look = () => previewRollback(freshSystem(tiny), homeOf(tiny), newestBackup(tiny));
    await expect(look()).rejects.toMatchObject({ code: 'RUN_FILE_DAMAGED', file: path });
    fs.rmSync(path);
    expect((await look()).newerItems).toEqual([]);
  },
);
