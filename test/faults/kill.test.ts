import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { buildMixedInstallation, type MixedInstallation } from '../fixtures/mixed-installation.ts';
import { type AgentRun, runAgent } from '../helpers/agent.ts';
import { describeTree, treeDigest } from '../helpers/digest.ts';
import { normalisedHome } from '../helpers/normalised-home.ts';
import { drawn, SEED } from '../helpers/points.ts';
import { useTempFolder } from '../helpers/temp.ts';

const SAMPLES = 6;
const ROOT = join(import.meta.dirname, '..', '..');
const PRELOAD = pathToFileURL(join(ROOT, 'test', 'helpers', 'kill-at.ts')).href;

const folder = useTempFolder();

type When = 'before' | 'after';
interface Point {
  /** Which record of the journal, counted from 1. */
  readonly record: number;
  readonly when: When;
}

/** An installation whose agent home and backups lie outside the home folder, so that this can be compared as a whole. */
class Machine {
  readonly mixed: MixedInstallation;
  readonly before: readonly string[];
  readonly source: string;
  readonly #places: readonly { path: string; kept: string }[];
  readonly #env: Readonly<Record<string, string>>;

  constructor(target: 'none' | 'existing') {
    this.mixed = buildMixedInstallation(join(folder(), 'machine'), { stateMegabytes: 1, target });
    const { root } = this.mixed;
    const scratch = join(root, 'scratch');
    mkdirSync(scratch);
    this.#env = {
      // What a killed agent leaves in the temporary directory goes with the test.
      TMPDIR: scratch,
      MIGRATION_AGENT_HOME: join(root, 'agent'),
      MIGRATION_BACKUP_DIR: join(root, 'backups'),
    };
    this.#places = [this.mixed.target, join(root, 'agent'), join(root, 'backups')].map((path, at) => ({
      path,
      kept: join(folder(), `kept-${at}`),
    }));
    this.before = this.describe();
    this.source = treeDigest(this.mixed.clone);
    this.keep();
  }

  /** What the returned calls of `reset` bring back. */
  keep(): void {
    for (const { path, kept } of this.#places) copyWhole(path, kept);
  }

  reset(): void {
    for (const { path, kept } of this.#places) copyWhole(kept, path);
    const { home } = this.mixed;
    for (const name of readdirSync(home)) {
      if (/^\.agent-workflow\../.test(name)) rmSync(join(home, name), { recursive: true });
    }
  }

  describe(): string[] {
    return describeTree(this.mixed.home).slice(1);
  }

  /** Runs the agent, which gets a signal at the given record, if any. */
  agent(args: readonly string[], point?: Point, signal = 'SIGKILL'): AgentRun {
    return runAgent(this.mixed.home, args, point === undefined ? this.#env : this.killEnv(point, signal));
  }

  killEnv({ record, when }: Point, signal: string): Record<string, string> {
    return {
      ...this.#env,
      NODE_OPTIONS: `--import ${PRELOAD}`,
      AWM_KILL_AT: `${record} ${when} ${signal}`,
    };
  }

  migrate(point?: Point, signal?: string): AgentRun {
    return this.agent(['migrate-from-git', this.mixed.clone, '--automated', '--yes'], point, signal);
  }

  rollBack(point?: Point): AgentRun {
    return this.agent(['restore-migration-backup', '--yes'], point);
  }

  /** Records in the journal of the only run of this kind. */
  records(kind: 'migrate' | 'rollback'): number {
    const runs = join(this.mixed.root, 'agent', 'runs');
    const journals = readdirSync(runs)
      .filter((run) => readFileSync(join(runs, run, 'run.json'), 'utf8').includes(`"kind": "${kind}"`))
      .map((run) => readFileSync(join(runs, run, 'journal.ndjson'), 'utf8'));
    expect(journals).toHaveLength(1);
    return (journals[0] ?? '').split('\n').length - 1;
  }

  /** Goes on with the interrupted run; where only the end was left to tell, there is nothing to go on with. */
  resume(): void {
    const { exit, stderr } = this.agent(['migrate-resume']);
    if (exit !== 0) expect(stderr).toMatch(/AWM-1505|AWM-1603/);
  }
}

/** Every point of a journal, or some of them that follow from the seed. */
function pointsOf(records: number): Point[] {
  const all = Array.from({ length: records }, (_, at) => at + 1).flatMap((record): Point[] => [
    { record, when: 'before' },
    { record, when: 'after' },
  ]);
  return drawn(all, SAMPLES);
}

function said({ record, when }: Point): string {
  return `seed ${SEED}, killed ${when} the sync of record ${record}`;
}

describe.each(['none', 'existing'] as const)('An agent that is killed, with the target: %s', (target) => {
  it('goes on to the result of an undisturbed run, or back to the bytes that were there before', () => {
    const machine = new Machine(target);
    expect(machine.migrate()).toMatchObject({ exit: 0 });
    const migrated = normalisedHome(machine.mixed.target);
    const points = pointsOf(machine.records('migrate'));
    console.log(`kill -9 of a migration, target ${target}: ${points.length} points, seed ${SEED}`);
    for (const point of points) {
      machine.reset();
      expect(machine.migrate(point).exit, said(point)).toBe(-1);
      machine.resume();
      expect(normalisedHome(machine.mixed.target), said(point)).toEqual(migrated);

      machine.reset();
      expect(machine.migrate(point).exit, said(point)).toBe(-1);
      const back = machine.agent(['recover', '--issue', 'partial_migration', '--option', '2', '--yes']);
      if (back.exit !== 0) {
        expect(back.stderr, said(point)).toMatch(/AWM-1505|AWM-1603/);
        expect(machine.rollBack(), said(point)).toMatchObject({ exit: 0 });
      }
      expect(machine.describe().filter(isNoLock), said(point)).toEqual(machine.before);
      expect(treeDigest(machine.mixed.clone), said(point)).toBe(machine.source);
    }
  });

  it('goes on with a rollback to the bytes that were there before the migration', () => {
    const machine = new Machine(target);
    expect(machine.migrate()).toMatchObject({ exit: 0 });
    machine.keep();
    expect(machine.rollBack()).toMatchObject({ exit: 0 });
    expect(machine.describe()).toEqual(machine.before);
    const points = pointsOf(machine.records('rollback'));
    console.log(`kill -9 of a rollback, target ${target}: ${points.length} points, seed ${SEED}`);
    for (const point of points) {
      machine.reset();
      expect(machine.rollBack(point).exit, said(point)).toBe(-1);
      machine.resume();
      expect(machine.describe().filter(isNoLock), said(point)).toEqual(machine.before);
    }
  });
});

it('An agent that gets SIGINT or SIGTERM stops at its next step with exit 5, and can go on', () => {
  const machine = new Machine('none');
  expect(machine.migrate()).toMatchObject({ exit: 0 });
  const migrated = normalisedHome(machine.mixed.target);
  for (const [record, signal] of [
    [5, 'SIGINT'],
    [9, 'SIGTERM'],
  ] as const) {
    machine.reset();
    const stopped = machine.migrate({ record, when: 'after' }, signal);
    expect(stopped.exit, signal).toBe(5);
    expect(stopped.stderr).toContain('AWM-1507');
    expect(machine.describe().some((line) => line.includes('.migration-lock'))).toBe(false);
    expect(machine.agent(['migrate-resume']), signal).toMatchObject({ exit: 0 });
    expect(normalisedHome(machine.mixed.target), signal).toEqual(migrated);
  }
});

it('Of two agents on one target one works, and the other says LOCKED and changes nothing', async () => {
  const machine = new Machine('none');
  const { mixed } = machine;
  const first = spawn(
    process.execPath,
    [join(ROOT, 'src', 'agent.ts'), 'migrate-from-git', mixed.clone, '--automated', '--yes'],
    {
      cwd: mixed.home,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        PATH: '/usr/bin:/bin',
        HOME: mixed.home,
        ...machine.killEnv({ record: 6, when: 'after' }, 'SIGSTOP'),
      },
    },
  );
  const ended = new Promise<number | null>((resolve) => first.on('close', resolve));
  try {
    const stopped = new Promise<string>((resolve) => {
      first.stderr.on('data', (piece: Buffer) => {
        if (piece.includes('stopped')) resolve('stopped');
      });
    });
    expect(await Promise.race([stopped, ended])).toBe('stopped');
    const during = machine.describe();
    const second = machine.migrate();
    expect(second.exit).toBe(1);
    expect(second.stderr).toContain(`AWM-1502: Another run (process ${first.pid})`);
    expect(machine.rollBack().exit).toBe(1);
    expect(machine.describe()).toEqual(during);
  } finally {
    first.kill('SIGCONT');
  }
  expect(await ended).toBe(0);
  expect(machine.agent(['migrate-status']).stdout).toContain('moved, not yet usable');
});

function isNoLock(line: string): boolean {
  return !line.includes('.migration-lock');
}

function copyWhole(from: string, to: string): void {
  rmSync(to, { recursive: true, force: true });
  if (spawnSync('test', ['-e', from]).status !== 0) return;
  expect(spawnSync('cp', ['-a', from, to]).status).toBe(0);
}
