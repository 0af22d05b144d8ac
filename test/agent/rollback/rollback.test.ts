import * as fs from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { loadOrCreateIdentity } from '../../../src/agent/backup/identity.ts';
import { readBackup, restoreRecords } from '../../../src/agent/backup/restore.ts';
import { applyReferences } from '../../../src/agent/references/apply.ts';
import { previewRollback } from '../../../src/agent/rollback/preview.ts';
import { type RollbackReport, resumeRollback, rollBack } from '../../../src/agent/rollback/rollback.ts';
import { resumeMigration } from '../../../src/agent/run/migrate.ts';
import { loadRun, newestRun } from '../../../src/agent/run/run-record.ts';
import type { System } from '../../../src/agent/system.ts';
import { settleTimes } from '../../fixtures/settle.ts';
import {
  buildTinyInstallation,
  type TinyInstallation,
  type TinyTarget,
} from '../../fixtures/tiny-installation.ts';
import { put } from '../../fixtures/write-files.ts';
import { findCanaries } from '../../helpers/canaries.ts';
import { describeTree, treeDigest } from '../../helpers/digest.ts';
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
const ODD_NAME = Buffer.from([0x6e, 0xe9, 0x74, 0xff]);

let tiny: TinyInstallation;
let before: string[];
let source: string;

/** An installation, and (where there is one) a home with everything that a rollback has to give back. */
async function migrated(kind: TinyTarget): Promise<void> {
  tiny = buildTinyInstallation(join(folder(), 'tiny'), kind);
  if (kind === 'existing') furnish(tiny.target);
  before = describeHome(tiny);
  source = treeDigest(tiny.clone);
  expect(await migrateTiny(freshSystem(tiny), tiny)).toMatchObject({ outcome: 'not-yet-usable' });
}

function furnish(target: string): void {
  const at = (rel: string) => join(target, rel);
  put(target, 'global/notes/deep/a.md', 'a\n');
  put(target, 'global/run.sh', '#!/bin/sh\n', 0o755);
  put(target, 'global/read-only.txt', 'ro\n', 0o444);
  put(target, 'projects/.env', 'STRIPE_KEY=sk-live-canary-of-the-rollback\n', 0o600);
  fs.mkdirSync(at('global/empty'), { mode: 0o750 });
  fs.symlinkSync('notes/deep', at('global/link'));
  fs.symlinkSync('/nowhere/at all', at('global/dangling'));
  fs.linkSync(at('global/run.sh'), at('global/second-name.sh'));
  fs.writeFileSync(Buffer.concat([Buffer.from(`${at('global')}/`), ODD_NAME]), 'odd\n');
  fs.mkdirSync(at('global/closed'), { mode: 0o700 });
  put(target, 'global/closed/inner.txt', 'inner\n');
  fs.chmodSync(at('global/closed'), 0o555);
  settleTimes(target);
}

async function rollBackTo(system: System, backup?: string): Promise<RollbackReport> {
  const home = homeOf(tiny);
  const path = backup ?? newestBackup(tiny);
  return rollBack(system, home, tiny.backups, await previewRollback(system, home, path));
}

async function undoRollback(): Promise<RollbackReport> {
  const system = freshSystem(tiny);
  return rollBackTo(system, newestBackup(tiny, 'before-rollback'));
}

describe('A rollback of a migration after which lines elsewhere were replaced', () => {
  const rc = () => join(tiny.home, '.bashrc');

  beforeEach(async () => {
    await migrated('none');
    put(tiny.home, '.bashrc', 'old line\n', 0o640);
    fs.utimesSync(rc(), 1_700_000_000, 1_700_000_000);
    before = describeHome(tiny).filter((line) => !line.startsWith('.agent-workflow'));
    const { mode, uid, gid, mtimeNs } = freshSystem(tiny).lstat(rc()) ?? {
      mode: 0,
      uid: 0,
      gid: 0,
      mtimeNs: 0n,
    };
    applyReferences(freshSystem(tiny), homeOf(tiny), { source: tiny.clone, target: tiny.target }, [
      {
        place: { how: 'file', path: rc(), mode, uid, gid, mtimeNs: String(mtimeNs) },
        file: rc(),
        ids: ['ref-0123456789'],
        before: Buffer.from('old line\n'),
        after: Buffer.from('new line\n'),
      },
    ]);
  });

  test('says so before, gives them back, and not a second time', async () => {
    const preview = await previewRollback(freshSystem(tiny), homeOf(tiny), newestBackup(tiny));
    expect(preview.references).toEqual([rc()]);
    expect(fs.readFileSync(rc(), 'utf8')).toBe('new line\n');

    const report = await rollBackTo(freshSystem(tiny));

    expect(report).toMatchObject({
      outcome: 'rolled-back',
      references: { takenBack: [rc()], left: [] },
    });
    expect(describeHome(tiny)).toEqual(before);
    expect((await undoRollback()).references).toEqual({ takenBack: [], left: [] });
    expect((await rollBackTo(freshSystem(tiny))).references).toEqual({ takenBack: [], left: [] });
  });

  test('leaves what was changed since, and says so', async () => {
    fs.appendFileSync(rc(), 'mine\n');

    const report = await rollBackTo(freshSystem(tiny));

    expect(report.outcome).toBe('rolled-back');
    expect(report.references).toEqual({
      takenBack: [],
      left: [{ file: rc(), reason: 'it was changed since' }],
    });
    expect(fs.readFileSync(rc(), 'utf8')).toBe('new line\nmine\n');
  });
});

describe('A rollback to a time when there was no home', () => {
  beforeEach(() => migrated('none'));

  test('moves the new home aside as a whole, and changes nothing else', async () => {
    const report = await rollBackTo(freshSystem(tiny));
    expect(report).toMatchObject({ outcome: 'rolled-back', restored: 0, movedAside: 1, failures: [] });
    expect(describeHome(tiny)).toEqual(before);
    expect(fs.existsSync(join(report.aside ?? '', 'home', 'config.yaml'))).toBe(true);
    expect(treeDigest(tiny.clone)).toBe(source);
  });

  test('can be taken back: the new home is there again, byte for byte', async () => {
    settleTimes(tiny.target);
    const home = describeTree(tiny.target);
    await rollBackTo(freshSystem(tiny));
    expect(await undoRollback()).toMatchObject({ outcome: 'rolled-back' });
    expect(describeTree(tiny.target)).toEqual(home);
    await rollBackTo(freshSystem(tiny));
    expect(describeHome(tiny)).toEqual(before);
  });

  test('keeps work that was done in the new home meanwhile: listed, in the safety backup and aside', async () => {
    put(tiny.target, 'global/later.md', 'written after the migration\n');
    fs.appendFileSync(join(tiny.target, 'config.yaml'), '# mine\n');
    const system = freshSystem(tiny);
    const path = newestBackup(tiny);
    const preview = await previewRollback(system, homeOf(tiny), path);
    expect(preview.newer).toEqual(['config.yaml', 'global/later.md']);
    const report = await rollBack(system, homeOf(tiny), tiny.backups, preview);
    expect(fs.readFileSync(join(report.aside ?? '', 'home/global/later.md'), 'utf8')).toContain('after');
    expect(await restored(report.safetyBackup ?? '', 'global/later.md')).toContain('after the migration');
    expect(await restored(report.safetyBackup ?? '', 'config.yaml')).toContain('# mine');
  });

  test('given once more changes nothing, and makes no other safety backup', async () => {
    await rollBackTo(freshSystem(tiny));
    const backups = fs.readdirSync(tiny.backups);
    const report = await rollBackTo(freshSystem(tiny));
    expect(report).toMatchObject({ outcome: 'rolled-back', movedAside: 0, safetyBackup: undefined });
    expect(fs.readdirSync(tiny.backups)).toEqual(backups);
  });

  test('takes an interrupted migration back first', async () => {
    await rollBackTo(freshSystem(tiny));
    const crashed = faultySystem(freshSystem(tiny), { calls: WRITING_CALLS, at: 170, fault: 'crash' });
    await migrateTiny(crashed.system, tiny).catch(() => undefined);
    expect(newestRun(freshSystem(tiny), homeOf(tiny), 'open')?.record.kind).toBe('migrate');
    expect(await rollBackTo(freshSystem(tiny))).toMatchObject({ outcome: 'rolled-back' });
    expect(describeHome(tiny)).toEqual(before);
    expect(newestRun(freshSystem(tiny), homeOf(tiny), 'open')).toBeUndefined();
  });
});

describe('A rollback to a home that was in use', () => {
  beforeEach(() => migrated('existing'));

  const at = (rel: string) => join(tiny.target, rel);
  const CHANGES: readonly [string, () => void][] = [
    ['nothing was changed', () => {}],
    ['a file was changed', () => fs.writeFileSync(at('reminder.txt'), 'later\n')],
    ['a file was changed in a way that size and time do not tell', () => changeQuietly(at('reminder.txt'))],
    ['a file was deleted', () => fs.rmSync(at('templates/my-project.yaml'))],
    ['a folder was deleted', () => fs.rmSync(at('global/notes'), { recursive: true })],
    ['files and folders were added', () => put(tiny.target, 'global/new/folder/file.txt', 'new\n')],
    ['a mode was changed', () => fs.chmodSync(at('reminder.txt'), 0o666)],
    ['the mode of a folder was changed', () => fs.chmodSync(at('templates'), 0o700)],
    ['a time was changed', () => fs.utimesSync(at('reminder.txt'), 1, 1)],
    ['the time of a link was changed', () => fs.lutimesSync(at('global/link'), 1, 1)],
    ['a link leads elsewhere', () => replaceLink(at('global/link'), '../projects')],
    ['a link became a folder', () => replaceByFolder(at('global/link'))],
    ['a folder became a link to the outside', () => replaceByLink(at('global/notes'))],
    ['a folder became a file', () => replaceByFile(at('global/notes'))],
    ['a file became a folder', () => replaceByFolder(at('reminder.txt'))],
    ['a name that is not UTF-8 is gone', () => fs.rmSync(oddPath())],
    ['the file of a name that is not UTF-8 was changed', () => fs.writeFileSync(oddPath(), 'other\n')],
    ['a file with two names was changed', () => fs.writeFileSync(at('global/second-name.sh'), 'x\n')],
    ['a file with two names was changed quietly', () => changeQuietly(at('global/run.sh'))],
    ['one of two names of a file is a file of its own', () => copyOver(at('global/second-name.sh'))],
    ['the credentials were rotated', () => fs.writeFileSync(at('credentials.enc'), '{}')],
    ['the key of the credentials is gone', () => fs.rmSync(at('credentials.key'))],
    ['the whole home is gone', () => removeOpened(tiny.target)],
  ];

  test.each(CHANGES)('gives every byte, mode and time again where %s', async (_, change) => {
    change();
    const report = await rollBackTo(freshSystem(tiny));
    expect(report).toMatchObject({ outcome: 'rolled-back', failures: [] });
    expect(report.verified.done).toBe(report.verified.of);
    expect(describeHome(tiny)).toEqual(before);
    expect(fs.statSync(at('global/run.sh')).ino).toBe(fs.statSync(at('global/second-name.sh')).ino);
    expect(treeDigest(tiny.clone)).toBe(source);
  });

  test('and taking that back gives the changed home again, byte for byte', async () => {
    for (const change of CHANGES.slice(1, 12)) change[1]();
    settleTimes(tiny.target);
    const changed = describeTree(tiny.target);
    await rollBackTo(freshSystem(tiny));
    expect(describeHome(tiny)).toEqual(before);
    await undoRollback();
    expect(describeTree(tiny.target)).toEqual(changed);
  });

  test('shows all that it would do and writes nothing', async () => {
    fs.rmSync(at('reminder.txt'));
    const whole = treeDigest(tiny.root);
    const system = freshSystem(tiny);
    const path = newestBackup(tiny);
    const { home, state } = await previewRollback(system, homeOf(tiny), path);
    const { difference, wasPresent } = home;
    expect(wasPresent).toBe(true);
    expect(difference.restore.map(({ rel }) => String(rel))).toEqual(
      expect.arrayContaining(['config.yaml', 'credentials.enc', 'reminder.txt']),
    );
    expect(difference.remove).toEqual(
      expect.arrayContaining(['agents/agent-poet.yaml', 'logs', 'migration']),
    );
    expect(state).toMatchObject({ files: 2, changed: 0 });
    expect(treeDigest(tiny.root)).toBe(whole);
  });

  test('leaves the state of the projects as it is, and says how much of it is newer', async () => {
    fs.writeFileSync(join(tiny.project, '.orch-state/status.json'), '{"current_state": "SPRINT"}\n');
    fs.rmSync(join(tiny.project, '.orch-state/backlog.json'));
    const state = describeTree(tiny.project);
    const system = freshSystem(tiny);
    const path = newestBackup(tiny);
    const preview = await previewRollback(system, homeOf(tiny), path);
    expect(preview.state).toMatchObject({ files: 2, changed: 2 });
    await rollBack(system, homeOf(tiny), tiny.backups, preview);
    expect(describeTree(tiny.project)).toEqual(state);
  });

  test('leaves a socket or FIFO of the home alone, whether it is still there or not', async () => {
    await rollBackTo(freshSystem(tiny));
    const { spawnSync } = await import('node:child_process');
    expect(spawnSync('mkfifo', [at('global/pipe')]).status).toBe(0);
    await migrateTiny(freshSystem(tiny), tiny);
    expect(await rollBackTo(freshSystem(tiny))).toMatchObject({ outcome: 'rolled-back' });
    expect(fs.lstatSync(at('global/pipe')).isFIFO()).toBe(true);
    fs.rmSync(at('global/pipe'));
    fs.rmSync(at('reminder.txt'));
    expect(await rollBackTo(freshSystem(tiny))).toMatchObject({ outcome: 'rolled-back', failures: [] });
  });

  test.each(['rename', 'createFile'] as const)(
    'goes on over one file that %s refuses, names it, and the same command again finishes',
    async (call) => {
      const refusing = refuseAt(call, 'reminder.txt');
      fs.writeFileSync(at('reminder.txt'), 'later\n');
      fs.rmSync(at('templates/my-project.yaml'));
      settleTimes(tiny.target);
      const changed = describeTree(tiny.target);
      const report = await rollBackTo(refusing);
      expect(report).toMatchObject({ outcome: 'failed' });
      expect(report.failures.map(({ path }) => path)).toEqual([at('reminder.txt')]);
      expect(fs.existsSync(at('templates/my-project.yaml'))).toBe(true);
      expect(fs.readFileSync(at('reminder.txt'), 'utf8')).toBe('later\n');
      expect(newestRun(freshSystem(tiny), homeOf(tiny), 'open')?.record.id).toBe(report.run);

      const again = await rollBackTo(freshSystem(tiny));
      expect(again).toMatchObject({ outcome: 'rolled-back', run: report.run, failures: [] });
      expect(again.safetyBackup).toBe(report.safetyBackup);
      expect(describeHome(tiny)).toEqual(before);
      expect(newestRun(freshSystem(tiny), homeOf(tiny), 'open')).toBeUndefined();
      await undoRollback();
      expect(describeTree(tiny.target)).toEqual(changed);
    },
  );

  test('keeps work that was done between a failure and going on, in one more backup', async () => {
    const report = await rollBackTo(refuseAt('rename', 'config.yaml'));
    expect(report.outcome).toBe('failed');
    fs.writeFileSync(at('reminder.txt'), 'between\n');
    const run = loadRun(freshSystem(tiny), homeOf(tiny), report.run);
    expect(await resumeRollback(freshSystem(tiny), homeOf(tiny), run.record)).toMatchObject({
      outcome: 'rolled-back',
    });
    expect(describeHome(tiny)).toEqual(before);
    expect(await restored(newestBackup(tiny, 'manual'), 'reminder.txt')).toBe('between\n');
  });

  test('works although the journal of the migration is damaged, and the next migration works too', async () => {
    const run = newestRun(freshSystem(tiny), homeOf(tiny));
    const path = join(run?.folder ?? '', 'journal.ndjson');
    const journal = fs.readFileSync(path, 'utf8');
    fs.writeFileSync(path, journal.replace('"type":"begin"', '"type":"bogus"'));
    expect(await rollBackTo(freshSystem(tiny))).toMatchObject({ outcome: 'rolled-back' });
    expect(describeHome(tiny)).toEqual(before);
    expect(loadRun(freshSystem(tiny), homeOf(tiny), run?.record.id ?? '').state.outcome).toBe('rolled-back');
    expect(await migrateTiny(freshSystem(tiny), tiny)).toMatchObject({ outcome: 'not-yet-usable' });
  });

  test('works although the plan of an interrupted migration is damaged, and ends that run', async () => {
    await rollBackTo(freshSystem(tiny));
    const isPlaced = () => newestRun(freshSystem(tiny), homeOf(tiny))?.state.done.has('place') === true;
    await migrateTiny(freshSystem(tiny), tiny, { emit: () => {}, stopAsked: isPlaced });
    const open = newestRun(freshSystem(tiny), homeOf(tiny), 'open');
    fs.writeFileSync(join(open?.folder ?? '', 'plan.json'), '{"run": 1');
    expect(await rollBackTo(freshSystem(tiny))).toMatchObject({ outcome: 'rolled-back' });
    expect(describeHome(tiny)).toEqual(before);
    expect(newestRun(freshSystem(tiny), homeOf(tiny), 'open')).toBeUndefined();
  });

  test('is refused while the orchestrator runs, and while another process works on the home', async () => {
    const home = treeDigest(tiny.home);
    const busy = withOverrides(freshSystem(tiny), {
      processes: () => [{ pid: 7, command: 'python3 -m agent_workflow.orchestrator', cwd: undefined }],
    });
    await expect(rollBackTo(busy)).rejects.toMatchObject({
      code: 'ORCHESTRATOR_RUNNING',
      params: { pid: 7 },
    });
    expect(treeDigest(tiny.home)).toBe(home);
    const other = freshSystem(tiny);
    const lock = `${tiny.target}.migration-lock`;
    fs.writeFileSync(lock, JSON.stringify({ pid: other.pid, bootId: other.bootId, start: null, since: '' }));
    await expect(rollBackTo(other)).rejects.toMatchObject({ code: 'LOCKED' });
    fs.rmSync(lock);
  });

  test('puts no secret into a plain file: not in its safety backup, nor in its run', async () => {
    await rollBackTo(freshSystem(tiny));
    const leaks = [tiny.backups, join(tiny.agentHome, 'runs')].flatMap((path) =>
      findCanaries(path, [
        ...tiny.canaries,
        {
          name: 'STRIPE_KEY',
          value: 'sk-live-canary-of-the-rollback',
          needle: 'sk-live-canary-of-the-rollback',
          where: '',
        },
      ]),
    );
    expect(leaks).toEqual([]);
  });
});

describe('A backup that is not as it was made', () => {
  beforeEach(() => migrated('existing'));

  const inBackup = (name: string) => join(newestBackup(tiny), name);
  const key = () => join(tiny.agentHome, 'backup-identity.txt');

  test.each<[string, string, () => void | Promise<void>]>([
    ['BACKUP_DAMAGED', 'a byte of a part was altered', () => flip(inBackup('config-1.tar'))],
    ['BACKUP_DAMAGED', 'a byte of the encrypted part was altered', () => flip(inBackup('credentials.age'))],
    ['BACKUP_DAMAGED', 'a part was cut short', () => cut(inBackup('config-1.tar'))],
    ['BACKUP_DAMAGED', 'the encrypted part was cut short', () => cut(inBackup('credentials.age'))],
    ['BACKUP_DAMAGED', 'a part is missing', () => fs.rmSync(inBackup('config-1.tar'))],
    ['BACKUP_DAMAGED', 'the encrypted part is missing', () => fs.rmSync(inBackup('credentials.age'))],
    ['BACKUP_DAMAGED', 'the list of files was altered', () => flip(inBackup('manifest-1.ndjson'))],
    ['BACKUP_DAMAGED', 'the manifest was altered', () => flip(inBackup('manifest.json'), '"files"')],
    ['BACKUP_DAMAGED', 'the sums are missing', () => fs.rmSync(inBackup('SHA256SUMS'))],
    ['BACKUP_KEY_MISSING', 'the identity is missing', () => fs.rmSync(key())],
    ['BACKUP_KEY_WRONG', 'the identity is another one', replaceKey],
    ['BACKUP_KEY_WRONG', 'the file of the identity holds none', () => fs.writeFileSync(key(), 'nothing\n')],
  ])('is refused with %s where %s, and nothing is written', async (code, _, spoil) => {
    const path = newestBackup(tiny);
    await spoil();
    const whole = treeDigest(tiny.root);
    await expect(rollBackTo(freshSystem(tiny), path)).rejects.toMatchObject({ code });
    expect(treeDigest(tiny.root)).toBe(whole);
  });

  test('is not chosen where its manifest is missing, and refused where it is named', async () => {
    const path = newestBackup(tiny);
    fs.rmSync(join(path, 'manifest.json'));
    await expect(rollBackTo(freshSystem(tiny))).rejects.toMatchObject({ code: 'NOTHING_TO_ROLL_BACK' });
    await expect(rollBackTo(freshSystem(tiny), path)).rejects.toMatchObject({ code: 'BACKUP_INCOMPLETE' });
  });
});

test('A migration that was being taken back when it was interrupted says so when it is resumed', async () => {
  tiny = buildTinyInstallation(join(folder(), 'tiny'), 'existing');
  before = describeHome(tiny);
  const at = await renamesUntil('config.yaml');
  const failing = faultySystem(freshSystem(tiny), { calls: ['rename'], at, fault: 'EIO' });
  const crashing = faultySystem(failing.system, { calls: ['rename'], at: at + 2, fault: 'crash' });
  await migrateTiny(crashing.system, tiny).catch(() => undefined);
  const system = freshSystem(tiny);
  const run = newestRun(system, homeOf(tiny), 'open');
  if (run === undefined) throw new Error('the run is not open');
  const report = await resumeMigration(system, homeOf(tiny), run, QUIET);
  expect(report).toMatchObject({ outcome: 'undone', error: { code: 'RUN_UNDONE' } });
  expect(describeHome(tiny)).toEqual(before);
});

/** How many renames an undisturbed run makes until this file of the home is in its place. */
async function renamesUntil(rel: string): Promise<number> {
  const other = buildTinyInstallation(join(folder(), 'other'), 'existing');
  const system = freshSystem(other);
  const names: string[] = [];
  const listening = withOverrides(system, {
    rename: (from, to) => {
      names.push(String(to));
      system.rename(from, to);
    },
  });
  await migrateTiny(listening, other);
  return names.indexOf(join(other.target, rel)) + 1;
}

/** Refuses this one file to a rollback; creating it goes by a temporary name, so its folder is refused a single time. */
function refuseAt(call: 'rename' | 'createFile', rel: string): System {
  const system = freshSystem(tiny);
  const path = join(tiny.target, rel);
  let isRefused = false;
  return withOverrides(system, {
    rename: (from, to) => {
      if (call === 'rename' && String(to) === path) throw systemError('EACCES', call);
      system.rename(from, to);
    },
    createFile: (name, mode) => {
      const isBeside = /^\.restore-/.test(String(name).slice(tiny.target.length + 1));
      if (call === 'createFile' && isBeside && isNext(path) && !isRefused) {
        isRefused = true;
        throw systemError('EACCES', call);
      }
      return system.createFile(name, mode);
    },
  });
}

/** Files of the top folder come in the order of their names: the note comes after config.yaml. */
function isNext(path: string): boolean {
  const config = fs.readFileSync(join(tiny.target, 'config.yaml'), 'utf8');
  return path.endsWith('reminder.txt') && !config.includes('migrated_from_git');
}

/** A file's text as it is in a backup. */
async function restored(backup: string, rel: string): Promise<string> {
  const system = freshSystem(tiny);
  const to = join(folder(), 'restored.txt');
  const identity = await loadOrCreateIdentity(system, tiny.agentHome);
  await restoreRecords(system, readBackup(system, backup), identity, (record) =>
    record.root === 'target' && String(record.rel) === rel ? to : undefined,
  );
  return fs.readFileSync(to, 'utf8');
}

async function replaceKey(): Promise<void> {
  fs.rmSync(join(tiny.agentHome, 'backup-identity.txt'));
  await loadOrCreateIdentity(freshSystem(tiny), tiny.agentHome);
}

function oddPath(): Buffer {
  return Buffer.concat([Buffer.from(`${tiny.target}/global/`), ODD_NAME]);
}

function changeQuietly(path: string): void {
  const { atime, mtime, size } = fs.statSync(path);
  fs.writeFileSync(path, 'x'.repeat(size));
  fs.utimesSync(path, atime, mtime);
}

function copyOver(path: string): void {
  const { atime, mtime, mode } = fs.statSync(path);
  const bytes = fs.readFileSync(path);
  fs.rmSync(path);
  fs.writeFileSync(path, bytes);
  fs.chmodSync(path, mode);
  fs.utimesSync(path, atime, mtime);
}

function replaceLink(path: string, target: string): void {
  fs.unlinkSync(path);
  fs.symlinkSync(target, path);
}

function replaceByFolder(path: string): void {
  fs.unlinkSync(path);
  put(path, 'inner.txt', 'inner\n');
}

function replaceByFile(path: string): void {
  fs.rmSync(path, { recursive: true });
  fs.writeFileSync(path, 'a file\n');
}

function replaceByLink(path: string): void {
  fs.rmSync(path, { recursive: true });
  fs.symlinkSync(tiny.project, path);
}

function removeOpened(path: string): void {
  fs.chmodSync(join(path, 'global/closed'), 0o700);
  fs.rmSync(path, { recursive: true });
}

function flip(path: string, near?: string): void {
  const bytes = fs.readFileSync(path);
  const at = near === undefined ? Math.floor(bytes.length / 2) : bytes.indexOf(near) + 1;
  bytes[at] = (bytes[at] as number) ^ 1;
  fs.writeFileSync(path, bytes);
}

function cut(path: string): void {
  fs.truncateSync(path, Math.floor(fs.statSync(path).size / 2));
}
