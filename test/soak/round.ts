import { deepStrictEqual } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { previewRollback } from '../../src/agent/rollback/preview.ts';
import { resumeRollback, rollBack } from '../../src/agent/rollback/rollback.ts';
import { resumeMigration, undoMigration } from '../../src/agent/run/migrate.ts';
import { newestRun } from '../../src/agent/run/run-record.ts';
import type { System } from '../../src/agent/system.ts';
import { AppError } from '../../src/shared/errors.ts';
import type { TinyInstallation } from '../fixtures/tiny-installation.ts';
import { treeDigest } from '../helpers/digest.ts';
import {
  type Fault,
  faultySystem,
  REFUSABLE_CALLS,
  SimulatedCrash,
  WRITING_CALLS,
  withOverrides,
} from '../helpers/faulty-system.ts';
import { normalisedHome } from '../helpers/normalised-home.ts';
import type { Random } from '../helpers/random.ts';
import {
  describeHome,
  freshSystem,
  homeOf,
  migrateTiny,
  newestBackup,
  QUIET,
} from '../helpers/tiny-migration.ts';
import { randomInstallation } from './random-installation.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const ENTRY = join(ROOT, 'src', 'agent.ts');
const PRELOAD = pathToFileURL(join(ROOT, 'test', 'helpers', 'kill-at.ts')).href;
const DAY_MS = 24 * 3600 * 1000;
const FAULTS = ['crash', 'crash', 'ENOSPC', 'EACCES', 'EIO'] as const;

export interface RoundFigures {
  /** How often each thing was done, and each fault came to pass. */
  readonly counts: Map<string, number>;
  /** What was done, in order. */
  readonly story: string[];
}

/**
 * One round: an installation that follows from the numbers, then migrations, resumes, undoing, rollbacks and recoveries in
 * any order, each with a fault at any call or a real kill -9 at any record, and at last an undisturbed way forward or back,
 * whose bytes are compared with those of an undisturbed migration, or with those from before. Throws where they differ.
 */
export async function soakRound(
  root: string,
  random: Random,
  figures: RoundFigures,
  kills: boolean,
): Promise<void> {
  const tiny = randomInstallation(root, random);
  const round = new Round(tiny, random, figures);
  const before = describeHome(tiny);
  const source = treeDigest(tiny.clone);
  const expected = await round.undisturbed(before);
  for (let n = random.between(1, 4); n > 0; n--) {
    if (kills && random.once(2)) round.killedProgram();
    else await round.disturbed();
    deepStrictEqual(treeDigest(tiny.clone), source, 'the clone was changed');
  }
  if (random.once(2)) {
    await round.forward();
    deepStrictEqual(
      normalisedHome(tiny.target),
      expected,
      'forward: another home than that of an undisturbed run',
    );
    deepStrictEqual(treeDigest(tiny.clone), source, 'the clone was changed');
  }
  await round.back();
  deepStrictEqual(describeHome(tiny).filter(isNoLock), before.filter(isNoLock), 'back: not as before');
}

/** A process that was ended while it took the lock leaves it, and the next one heals it. */
function isNoLock(line: string): boolean {
  return !line.includes('.migration-lock');
}

class Round {
  readonly #tiny: TinyInstallation;
  readonly #random: Random;
  readonly #figures: RoundFigures;
  readonly #clockJumps: boolean;
  #calls = { crash: 0, refused: 0, records: 0 };

  constructor(tiny: TinyInstallation, random: Random, figures: RoundFigures) {
    this.#tiny = tiny;
    this.#random = random;
    this.#figures = figures;
    this.#clockJumps = random.once(3);
    if (this.#clockJumps) this.#count('rounds with a clock that jumps');
  }

  /** A process of its own. In some rounds each has another time, up to two days apart: clocks are set, and machines sleep. */
  #system(): System {
    const system = freshSystem(this.#tiny);
    if (!this.#clockJumps) return system;
    const apart = this.#random.between(-2 * DAY_MS, 2 * DAY_MS);
    return withOverrides(system, { now: () => new Date(Date.now() + apart) });
  }

  /** What an undisturbed migration makes; everything is as before afterwards. */
  async undisturbed(before: readonly string[]): Promise<string[]> {
    const { agentHome, backups, target } = this.#tiny;
    const writing = faultySystem(this.#system(), { calls: WRITING_CALLS, at: 0, fault: 'crash' });
    const refusable = faultySystem(writing.system, { calls: REFUSABLE_CALLS, at: 0, fault: 'EIO' });
    await migrateTiny(refusable.system, this.#tiny);
    const run = newestRun(this.#system(), homeOf(this.#tiny));
    this.#calls = { crash: writing.count(), refused: refusable.count(), records: run?.entries.length ?? 1 };
    const made = normalisedHome(target);
    await this.#rollBack(this.#system());
    deepStrictEqual(describeHome(this.#tiny), before, 'an undisturbed rollback: not as before');
    for (const folder of [agentHome, backups]) rmSync(folder, { recursive: true, force: true });
    return made;
  }

  /** Something that makes sense now, with a fault in three of four times. */
  async disturbed(): Promise<void> {
    const fault = this.#random.once(4) ? undefined : this.#fault();
    const faulty = fault && faultySystem(this.#system(), fault);
    const system = faulty?.system ?? this.#system();
    const [name, act] = this.#random.pick(this.#choices());
    const end = await act(system).then(
      (outcome) => outcome,
      (error: unknown) => {
        if (error instanceof SimulatedCrash) return 'crash';
        if (error instanceof AppError) return error.code;
        throw error;
      },
    );
    const hit = faulty?.failed();
    this.#tell(name, `${name}: ${hit === undefined ? 'undisturbed' : `${fault?.fault} at ${hit}`}: ${end}`);
    if (hit !== undefined) this.#count(fault?.fault === 'crash' ? 'stopped' : String(fault?.fault));
  }

  /** The real program, killed at a record of its journal. */
  killedProgram(): void {
    const open = this.#open();
    const args =
      !this.#isMigrated() && open === undefined
        ? ['migrate-from-git', this.#tiny.clone, '--automated', '--yes']
        : open === undefined
          ? ['restore-migration-backup', '--yes', '--leave-newer']
          : this.#random.pick([
              ['migrate-resume'],
              ['recover', '--issue', 'partial_migration', '--option', '2', '--yes'],
            ]);
    const at = this.#random.between(1, this.#calls.records);
    const when = this.#random.pick(['before', 'after']);
    const { status, signal } = spawnSync(process.execPath, [ENTRY, ...args], {
      cwd: this.#tiny.home,
      env: {
        PATH: '/usr/bin:/bin',
        HOME: this.#tiny.home,
        LC_ALL: 'C.UTF-8',
        TMPDIR: this.#tiny.root,
        MIGRATION_AGENT_HOME: this.#tiny.agentHome,
        MIGRATION_BACKUP_DIR: this.#tiny.backups,
        NODE_OPTIONS: `--import ${PRELOAD}`,
        AWM_KILL_AT: `${at} ${when} SIGKILL`,
      },
    });
    this.#tell(args[0] ?? '', `${args[0]}: kill -9 ${when} record ${at}: ${signal ?? status}`);
    if (signal === 'SIGKILL') this.#count('kill -9');
  }

  async forward(): Promise<void> {
    const system = () => this.#system();
    for (let open = this.#open(); open !== undefined; open = this.#open()) {
      if (open.record.kind === 'rollback') await resumeRollback(system(), homeOf(this.#tiny), open.record);
      else await resumeMigration(system(), homeOf(this.#tiny), open, QUIET);
    }
    if (!this.#isMigrated()) await migrateTiny(system(), this.#tiny);
    this.#tell('forward', 'forward');
  }

  async back(): Promise<void> {
    const open = this.#open();
    if (open?.record.kind === 'rollback')
      await resumeRollback(this.#system(), homeOf(this.#tiny), open.record);
    else if (open !== undefined && this.#random.once(2)) {
      await this.#undo(this.#system());
      this.#tell('back', 'back by undoing');
      return;
    }
    if (this.#open() !== undefined || this.#isMigrated()) await this.#rollBack(this.#system());
    this.#tell('back', 'back');
  }

  #choices(): [name: string, act: (system: System) => Promise<string>][] {
    const open = this.#open();
    const home = homeOf(this.#tiny);
    const roll = ['rollback', (system: System) => this.#rollBack(system)] as [
      string,
      (s: System) => Promise<string>,
    ];
    if (open === undefined && !this.#isMigrated())
      return [['migrate', async (system) => (await migrateTiny(system, this.#tiny)).outcome]];
    if (open === undefined) return [roll];
    if (open.record.kind === 'rollback')
      return [['resume', async (system) => (await resumeRollback(system, home, open.record)).outcome], roll];
    return [
      ['resume', async (system) => (await resumeMigration(system, home, open, QUIET)).outcome],
      ['undo', async (system) => this.#undo(system)],
      roll,
    ];
  }

  async #undo(system: System): Promise<string> {
    const open = this.#open();
    if (open === undefined) return 'nothing open';
    try {
      undoMigration(system, homeOf(this.#tiny), open, QUIET);
      return 'undone';
    } catch (error) {
      // It had come to its end: only a rollback takes it back.
      if (!(error instanceof AppError) || error.code !== 'RUN_NOT_RESUMABLE') throw error;
      return this.#isMigrated() ? this.#rollBack(system) : 'undone before';
    }
  }

  async #rollBack(system: System): Promise<string> {
    const path = this.#backup();
    if (path === undefined) return this.#undo(system);
    const preview = await previewRollback(system, homeOf(this.#tiny), path);
    return (await rollBack(system, homeOf(this.#tiny), this.#tiny.backups, preview)).outcome;
  }

  /** The newest backup before a migration; undefined where none came to its end. */
  #backup(): string | undefined {
    try {
      return newestBackup(this.#tiny);
    } catch (error) {
      if (error instanceof AppError && error.code === 'NOTHING_TO_ROLL_BACK') return undefined;
      throw error;
    }
  }

  #open() {
    return newestRun(this.#system(), homeOf(this.#tiny), 'open');
  }

  /** By what lies there, not by what the agent says. */
  #isMigrated(): boolean {
    const { home, target } = this.#tiny;
    const names = readdirSync(home).includes('.agent-workflow') ? readdirSync(target) : [];
    return names.includes('migration');
  }

  #fault(): Fault {
    const fault = this.#random.pick(FAULTS);
    return fault === 'crash'
      ? { calls: WRITING_CALLS, at: this.#random.between(1, this.#calls.crash), fault }
      : { calls: REFUSABLE_CALLS, at: this.#random.between(1, this.#calls.refused), fault };
  }

  #tell(name: string, line: string): void {
    this.#figures.story.push(line);
    this.#count(name);
  }

  #count(name: string): void {
    const { counts } = this.#figures;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
}
