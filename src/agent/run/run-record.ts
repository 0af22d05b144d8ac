import { hash } from 'node:crypto';
import { join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { AgentHome } from '../agent-home.ts';
import { makeFolders, removeIfThere, removeTree, writeFileAtomic, writeNewFile } from '../files.ts';
import type { Method, PlanContent } from '../plan/plan.ts';
import type { TimerFacts } from '../plan/timers.ts';
import type { Selection } from '../rollback/selection.ts';
import type { PackageProbe } from '../survey/package-probe.ts';
import type { ReadSystem, System } from '../system.ts';
import { type Entry, type RunOutcome, readJournal } from './journal.ts';
import type { Phase } from './phases.ts';
import { workFolders } from './placement.ts';
import {
  type DamagedRecord,
  damageOf,
  namesIn,
  parseObject,
  RECORD,
  readRecordFile,
  readRecordFolders,
} from './record-folders.ts';

/** What a run was started with: enough to make its plan again and to go on after a crash. No secrets. */
export interface RunRecord {
  readonly schema: 'awm/run/1';
  readonly id: string;
  readonly kind: 'migrate' | 'rollback';
  readonly started: string;
  readonly tool: string;
  readonly target: string;
  readonly targetPresent: boolean;
  /** Folder that backups are kept in. */
  readonly backups: string;
  /** `age1…`: further keys that its backup opens with; undefined where there were none. */
  readonly recipients?: readonly string[];
  /** True: its backup is compressed. */
  readonly zstd?: boolean;
  readonly migrate?: MigrateFacts;
  readonly rollback?: RollbackFacts;
}

export interface MigrateFacts {
  readonly source: string;
  readonly installationId: string;
  readonly answers: Readonly<Record<string, string>>;
  readonly probe: PackageProbe;
  readonly planDigest: string;
  readonly allowUnreadable: boolean;
  /** What cron starts, as the plan asked about it; undefined where it starts nothing of the clone. */
  readonly timers?: TimerFacts;
  /** The legacy store was opened with a master password, which is kept nowhere. */
  readonly storePassword?: boolean;
  /** Undefined: automated. */
  readonly method?: Method;
  /** The settings were taken from an export of the installation. */
  readonly imported?: {
    readonly folder: string;
    readonly withoutSecrets: boolean;
    /** Its secrets were opened with a passphrase, which is kept nowhere. */
    readonly passphrase: boolean;
    /** Values of secrets were typed, and are kept nowhere. */
    readonly typed?: boolean;
  };
  /** Names of the variables that were taken from the environment; undefined where none were asked for. */
  readonly environment?: readonly string[];
}

export interface RollbackFacts {
  /** Absolute path of the backup that is restored. */
  readonly backup: string;
  readonly backupId: string;
  /** Undefined: all of it. */
  readonly selection?: Selection;
  /** What is newer than the migration is carried over. */
  readonly carry?: boolean;
  /** Projects whose entries of now win over those of before, by name. */
  readonly mine?: readonly string[];
}

/** A run with its journal, for looking at. */
export interface Run {
  readonly record: RunRecord;
  readonly folder: string;
  readonly entries: readonly Entry[];
  readonly state: RunState;
}

export interface RunState {
  /** Undefined while the run is not at its end. */
  readonly outcome: RunOutcome | undefined;
  readonly undoing: boolean;
  readonly done: ReadonlySet<string>;
  /** Steps that were announced and neither done nor undone. */
  readonly open: readonly string[];
  readonly lastStep: string | undefined;
  /** The phase after which it was told to wait, while it does. */
  readonly paused: Phase | undefined;
  readonly failure: { readonly step: string; readonly code: string; readonly reason: string } | undefined;
}

const PLAN = 'plan.json';
/** Room on the agent's disk that is given free when a run fails: taking it back must be possible on a full disk. */
const RESERVE = 'reserve';
const RESERVE_BYTES = 16 << 10;

/** Makes the run's folder with its record and, for a migration, its plan; synced. Nothing is left if that fails. */
export function createRun(system: System, home: AgentHome, record: RunRecord, plan?: Buffer): string {
  const folder = home.run(record.id);
  try {
    makeFolders(system, folder);
    writeNewFile(system, join(folder, RESERVE), Buffer.alloc(RESERVE_BYTES, '-'));
    if (plan !== undefined) writeFileAtomic(system, join(folder, PLAN), plan);
    writeFileAtomic(system, join(folder, RECORD), `${JSON.stringify(record, null, 2)}\n`);
  } catch (error) {
    removeTree(system, folder);
    throw error;
  }
  return folder;
}

/** Gives the room back that a run keeps for its end. */
export function freeReserve(system: System, folder: string): void {
  removeIfThere(system, join(folder, RESERVE));
}

/** @throws RUN_NOT_FOUND, RUN_RECORD_DAMAGED, JOURNAL_DAMAGED */
export function loadRun(system: ReadSystem, home: AgentHome, id: string): Run {
  if (/[/\\]|^\.+$/.test(id) || system.lstat(join(home.run(id), RECORD)) === undefined)
    throw new AppError('RUN_NOT_FOUND', { run: id });
  return runOf(system, home, readRecord(system, home, id));
}

/** The run with its journal. @throws JOURNAL_DAMAGED */
export function runOf(system: ReadSystem, home: AgentHome, record: RunRecord): Run {
  const folder = home.run(record.id);
  const entries = readJournal(system, folder, record.id);
  return { record, folder, entries, state: stateOnDisk(system, record, entries) };
}

/** Whole records of all runs, newest first; their journals are not looked at. See `damagedRecords`. */
export function readRecords(system: ReadSystem, home: AgentHome): readonly RunRecord[] {
  return readRecordFolders<RunRecord>(system, home.runs, isWhole).whole;
}

/** The runs that `readRecords` leaves out, newest first. Any of them may be unfinished, and of any target. */
export function damagedRecords(system: ReadSystem, home: AgentHome): readonly DamagedRecord[] {
  return readRecordFolders<RunRecord>(system, home.runs, isWhole).damaged;
}

function readRecord(system: ReadSystem, home: AgentHome, id: string): RunRecord {
  const folder = home.run(id);
  const path = join(folder, RECORD);
  const record = readRecordFile<RunRecord>(system, path, id, isWhole);
  if (record === undefined) throw damageOf({ id, folder, path });
  return record;
}

function isWhole(record: Partial<RunRecord>): boolean {
  const facts = record.kind === 'migrate' ? record.migrate : record.rollback;
  return (
    record.schema === 'awm/run/1' &&
    typeof record.target === 'string' &&
    typeof record.started === 'string' &&
    typeof record.backups === 'string' &&
    typeof facts === 'object' &&
    facts !== null
  );
}

/** A run that was ended while it removed its folders beside the target is not at its end before they are gone. */
function stateOnDisk(system: ReadSystem, record: RunRecord, entries: readonly Entry[]): RunState {
  const state = stateOf(entries);
  if (state.outcome === undefined || record.kind !== 'migrate') return state;
  const isLeft = workFolders(record.target, record.id).some((path) => system.lstat(path) !== undefined);
  return isLeft ? { ...state, outcome: undefined } : state;
}

/** The plan of a run, whose bytes are proven by the digest in its record. @throws PLAN_DAMAGED */
export function loadPlan(
  system: ReadSystem,
  { folder, record }: Pick<Run, 'folder' | 'record'>,
): PlanContent | undefined {
  const path = join(folder, PLAN);
  if (system.lstat(path) === undefined) return undefined;
  const bytes = system.readFile(path, 256 << 20);
  const content = parseObject(bytes);
  if (content === undefined || hash('sha256', bytes, 'hex') !== record.migrate?.planDigest)
    throw new AppError('PLAN_DAMAGED', { run: record.id }, { file: path });
  return content as PlanContent;
}

/** Ids of all runs, newest first, those with a damaged record too. */
export function listRuns(system: ReadSystem, home: AgentHome): string[] {
  return namesIn(system, home.runs);
}

/** The newest run with a whole record, or the newest of them that is not at its end. */
export function newestRun(
  system: ReadSystem,
  home: AgentHome,
  which: 'any' | 'open' = 'any',
): Run | undefined {
  for (const record of readRecords(system, home)) {
    const run = runOf(system, home, record);
    if (which === 'any' || run.state.outcome === undefined) return run;
  }
  return undefined;
}

/** What a journal says about where its run stands. */
export function stateOf(entries: readonly Entry[]): RunState {
  const done = new Set<string>();
  const open = new Set<string>();
  let outcome: RunOutcome | undefined;
  let undoing = false;
  let lastStep: string | undefined;
  let paused: Phase | undefined;
  let failure: RunState['failure'];
  for (const entry of entries) {
    switch (entry.type) {
      case 'begin':
        break;
      case 'pause':
        paused = entry.after;
        break;
      case 'resume':
        paused = undefined;
        failure = undefined;
        break;
      case 'undo':
        paused = undefined;
        undoing = true;
        break;
      case 'intent':
        open.add(entry.step);
        lastStep = entry.step;
        break;
      case 'done':
        open.delete(entry.step);
        done.add(entry.step);
        lastStep = entry.step;
        break;
      case 'undone':
        open.delete(entry.step);
        done.delete(entry.step);
        break;
      case 'failed':
        failure = { step: entry.step, code: entry.code, reason: entry.reason };
        break;
      case 'end':
        outcome = entry.outcome;
        break;
    }
  }
  return { outcome, undoing, done, open: [...open], lastStep, paused, failure };
}
