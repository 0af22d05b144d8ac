import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { previewRollback } from '../../src/agent/rollback/preview.ts';
import { type RollbackReport, resumeRollback, rollBack } from '../../src/agent/rollback/rollback.ts';
import { resumeMigration, undoMigration } from '../../src/agent/run/migrate.ts';
import { newestRun } from '../../src/agent/run/run-record.ts';
import type { System } from '../../src/agent/system.ts';
import { AppError } from '../../src/shared/errors.ts';
import { settleTimes } from '../fixtures/settle.ts';
import {
  buildTinyInstallation,
  resetTinyTarget,
  type TinyInstallation,
  type TinyTarget,
} from '../fixtures/tiny-installation.ts';
import { describeTree, treeDigest } from '../helpers/digest.ts';
import {
  type Fault,
  faultySystem,
  REFUSABLE_CALLS,
  SimulatedCrash,
  WRITING_CALLS,
} from '../helpers/faulty-system.ts';
import { normalisedHome } from '../helpers/normalised-home.ts';
import { DEEP, drawnCalls, SEED } from '../helpers/points.ts';
import { useTempFolder } from '../helpers/temp.ts';
import {
  describeHome,
  freshSystem,
  homeOf,
  migrateTiny,
  newestBackup,
  newRoot,
  QUIET,
} from '../helpers/tiny-migration.ts';

/** Calls drawn by the seed in each test, beside those that are always tried; with AWM_DEEP every call fails in every way. */
const DRAWN = 16;
const ERRNOS = ['ENOSPC', 'EACCES', 'EIO'] as const;
const CODES: Record<(typeof ERRNOS)[number], readonly string[]> = {
  ENOSPC: ['DISK_FULL'],
  EACCES: ['NO_PERMISSION', 'BACKUP_PLACE', 'TARGET_READ_ONLY'],
  EIO: ['IO_ERROR'],
};

const folder = useTempFolder();

interface Bench {
  readonly tiny: TinyInstallation;
  /** The home folder before any run. */
  readonly before: readonly string[];
  readonly source: string;
  /** What an undisturbed run makes, and what lies beside it then. */
  readonly migrated: readonly string[];
  readonly siblings: readonly string[];
  /** Names of the calls of an undisturbed run. */
  readonly writing: readonly string[];
  readonly refusable: readonly string[];
}

async function bench(kind: TinyTarget): Promise<Bench> {
  const tiny = buildTinyInstallation(newRoot(folder()), kind);
  const before = describeHome(tiny);
  const writing = faultySystem(freshSystem(tiny), { calls: WRITING_CALLS, at: 0, fault: 'crash' });
  const refusable = faultySystem(writing.system, { calls: REFUSABLE_CALLS, at: 0, fault: 'EIO' });
  const report = await migrateTiny(refusable.system, tiny);
  expect(report).toMatchObject({ outcome: 'not-yet-usable' });
  return {
    tiny,
    before,
    source: treeDigest(tiny.clone),
    migrated: normalisedHome(tiny.target),
    siblings: readdirSync(tiny.home),
    writing: writing.names(),
    refusable: refusable.names(),
  };
}

/** Migrates until the given fault; gives what was thrown or reported, and which call it was. */
async function disturbed({ tiny }: Bench, kind: TinyTarget, fault: Fault) {
  resetTinyTarget(tiny, kind);
  const faulty = faultySystem(freshSystem(tiny), fault);
  const result = await migrateTiny(faulty.system, tiny).catch((error: unknown) => error);
  return { result, at: `call ${fault.at}: ${fault.fault} at ${faulty.failed()}` };
}

/** Files that only a process at work has. */
function leftovers(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /migration-lock|\.partial$|\.tmp$|\.run-[^/]*$/.test(path),
  );
}

/** A backup that had not even written its lock is cleared away after a minute: it may be another process's. */
function isStarted(path: string): boolean {
  return !path.endsWith('.partial');
}

/** Keeps all that a run writes to; the returned function brings it back. */
function takeSnapshot({ root, target, agentHome, backups }: TinyInstallation): () => void {
  const copy = (from: string, to: string) => expect(spawnSync('cp', ['-a', from, to]).status).toBe(0);
  const folders = [target, agentHome, backups].map((from, at) => ({ from, kept: join(root, `kept-${at}`) }));
  for (const { from, kept } of folders) copy(from, kept);
  return () => {
    for (const { from, kept } of folders) {
      rmSync(from, { recursive: true, force: true });
      copy(kept, from);
    }
  };
}

async function rollBackTo(system: System, tiny: TinyInstallation, kind?: 'before-rollback') {
  const path = newestBackup(tiny, kind);
  return rollBack(system, homeOf(tiny), tiny.backups, await previewRollback(system, homeOf(tiny), path));
}

describe.each<TinyTarget>(['none', 'existing'])('A migration with the target: %s', (kind) => {
  it('ends like an undisturbed one when it is resumed after a crash at any writing call', async () => {
    const it = await bench(kind);
    const { tiny } = it;
    const points = drawnCalls(it.writing, DRAWN);
    tell(`crash and resume, target ${kind}`, points.length, it.writing);
    for (const n of points) {
      const { result, at } = await disturbed(it, kind, { calls: WRITING_CALLS, at: n, fault: 'crash' });
      expect(result, at).toBeInstanceOf(SimulatedCrash);
      const system = freshSystem(tiny);
      const run = newestRun(system, homeOf(tiny), 'open');
      const isEnded = newestRun(system, homeOf(tiny))?.state.outcome !== undefined;
      const report =
        run !== undefined
          ? await resumeMigration(system, homeOf(tiny), run, QUIET)
          : isEnded
            ? undefined
            : await migrateTiny(system, tiny);
      if (report !== undefined) expect(report, at).toMatchObject({ outcome: 'not-yet-usable' });
      expect(normalisedHome(tiny.target), at).toEqual(it.migrated);
      expect(treeDigest(tiny.clone), at).toBe(it.source);
      if (report !== undefined) expect(readdirSync(tiny.home), at).toEqual(it.siblings);
      expect(leftovers(tiny.backups).filter(isStarted), at).toEqual([]);
      expect(newestRun(system, homeOf(tiny), 'open'), at).toBeUndefined();
    }
  });

  it('is as before, byte for byte, when it is taken back after a crash at any writing call', async () => {
    const it = await bench(kind);
    const { tiny } = it;
    const points = drawnCalls(it.writing, DRAWN);
    tell(`crash and take back, target ${kind}`, points.length, it.writing);
    for (const n of points) {
      const { at } = await disturbed(it, kind, { calls: WRITING_CALLS, at: n, fault: 'crash' });
      const system = freshSystem(tiny);
      const run = newestRun(system, homeOf(tiny), 'open');
      const last = newestRun(system, homeOf(tiny));
      if (run !== undefined && run.entries.at(-1)?.type !== 'end') {
        undoMigration(system, homeOf(tiny), run, QUIET);
        expect(newestRun(system, homeOf(tiny)), at).toMatchObject({ state: { outcome: 'undone' } });
      } else if (last !== undefined) {
        expect(await rollBackTo(system, tiny), at).toMatchObject({ outcome: 'rolled-back' });
      }
      const isOurs = (line: string) => last === undefined && line.includes('.migration-lock');
      expect(
        describeHome(tiny).filter((line) => !isOurs(line)),
        at,
      ).toEqual(it.before);
    }
  });

  it('can be taken back after a crash in the middle of taking it back', async () => {
    const it = await bench(kind);
    const { tiny } = it;
    const undoUntil = async (n: number) => {
      const late = it.writing.length - 12;
      await disturbed(it, kind, { calls: WRITING_CALLS, at: late, fault: 'crash' });
      const faulty = faultySystem(freshSystem(tiny), { calls: WRITING_CALLS, at: n, fault: 'crash' });
      const run = newestRun(faulty.system, homeOf(tiny), 'open');
      if (run === undefined) throw new Error('the run was not open');
      const undo = () => undoMigration(faulty.system, homeOf(tiny), run, QUIET);
      if (n === 0) undo();
      else expect(undo, `call ${n}`).toThrow(SimulatedCrash);
      return faulty;
    };
    const calls = (await undoUntil(0)).names();
    const points = drawnCalls(calls, DRAWN);
    tell(`crash while taking back, target ${kind}`, points.length, calls);
    for (const n of points) {
      const faulty = await undoUntil(n);
      const system = freshSystem(tiny);
      const again = newestRun(system, homeOf(tiny), 'open');
      const at = `call ${n}: ${faulty.failed()}`;
      if (again?.state.undoing === true) {
        const report = await resumeMigration(system, homeOf(tiny), again, QUIET);
        expect(report, at).toMatchObject({ outcome: 'undone', error: { code: 'RUN_UNDONE' } });
      } else if (again !== undefined) {
        undoMigration(system, homeOf(tiny), again, QUIET);
      }
      const isOurs = (line: string) => again === undefined && line.includes('.migration-lock');
      expect(
        describeHome(tiny).filter((line) => !isOurs(line)),
        at,
      ).toEqual(it.before);
    }
  });

  it('is undone or can be resumed when the disk refuses any call', async () => {
    const it = await bench(kind);
    const { tiny } = it;
    const seen = { undone: 0, refused: 0, resumed: 0 };
    const points = drawnCalls(it.refusable, DRAWN);
    tell(`refused calls, target ${kind}`, points.length, it.refusable);
    for (const n of points) {
      for (const errno of DEEP ? ERRNOS : [ERRNOS[n % 3] as (typeof ERRNOS)[number]]) {
        const { result, at } = await disturbed(it, kind, { calls: REFUSABLE_CALLS, at: n, fault: errno });
        if (result instanceof AppError) {
          seen.refused++;
          expect(CODES[errno], `${at}: ${result.code}`).toContain(result.code);
          expect(newestRun(freshSystem(tiny), homeOf(tiny), 'open'), at).toBeUndefined();
        } else if ((result as { outcome?: unknown }).outcome === 'interrupted') {
          seen.resumed++;
          const system = freshSystem(tiny);
          const run = newestRun(system, homeOf(tiny), 'open');
          if (run === undefined) throw new Error(`${at}: there is nothing to resume`);
          const report = await resumeMigration(system, homeOf(tiny), run, QUIET);
          expect(report, at).toMatchObject({ outcome: 'not-yet-usable' });
          expect(normalisedHome(tiny.target), at).toEqual(it.migrated);
          continue;
        } else {
          seen.undone++;
          expect(result, at).toMatchObject({ outcome: 'undone' });
          const { code } = (result as { error: AppError }).error;
          expect(CODES[errno], `${at}: ${code}`).toContain(code);
        }
        expect(describeHome(tiny), at).toEqual(it.before);
        expect(leftovers(tiny.root), at).toEqual([]);
      }
    }
    console.log(`refused calls, target ${kind}: ${JSON.stringify(seen)}`);
  });

  it('is rolled back after a crash of the rollback at any writing call, and the rollback can be taken back', async () => {
    const it = await bench(kind);
    const { tiny } = it;
    settleTimes(tiny.target);
    const migrated = describeTree(tiny.target);
    const snapshot = takeSnapshot(tiny);
    const undisturbed = faultySystem(freshSystem(tiny), { calls: WRITING_CALLS, at: 0, fault: 'crash' });
    expect(await rollBackTo(undisturbed.system, tiny)).toMatchObject({ outcome: 'rolled-back' });
    const points = drawnCalls(undisturbed.names(), DRAWN);
    tell(`crash of a rollback, target ${kind}`, points.length, undisturbed.names());
    for (const [turn, n] of points.entries()) {
      snapshot();
      const faulty = faultySystem(freshSystem(tiny), { calls: WRITING_CALLS, at: n, fault: 'crash' });
      const crash = await rollBackTo(faulty.system, tiny).catch((error: unknown) => error);
      const at = `call ${n}: ${faulty.failed()}`;
      expect(crash, at).toBeInstanceOf(SimulatedCrash);
      const report = await again(freshSystem(tiny), tiny, turn);
      expect(report, at).toMatchObject({ outcome: 'rolled-back', failures: [] });
      expect(describeHome(tiny), at).toEqual(it.before);
      expect(newestRun(freshSystem(tiny), homeOf(tiny), 'open'), at).toBeUndefined();
      if (turn % 5 !== 0) continue;
      expect(await rollBackTo(freshSystem(tiny), tiny, 'before-rollback'), at).toMatchObject({
        outcome: 'rolled-back',
      });
      expect(describeTree(tiny.target), at).toEqual(migrated);
    }
    expect(treeDigest(tiny.clone)).toBe(it.source);
    expect(existsSync(join(tiny.home, 'letter.txt'))).toBe(true);
  });
});

function tell(what: string, points: number, calls: readonly string[]): void {
  console.log(`${what}: ${points} of ${calls.length} calls, seed ${SEED}`);
}

/** By turns the same command once more, and going on with the interrupted run. */
async function again(system: System, tiny: TinyInstallation, turn: number): Promise<RollbackReport> {
  const run = newestRun(system, homeOf(tiny), 'open');
  if (turn % 2 === 0 || run === undefined || run.record.kind !== 'rollback') return rollBackTo(system, tiny);
  return resumeRollback(system, homeOf(tiny), run.record);
}
