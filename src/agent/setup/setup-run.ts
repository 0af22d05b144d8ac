import { join } from 'node:path';
import { newRunId } from '../../shared/ids.ts';
import { TOOL } from '../../shared/tool.ts';
import type { AgentHome } from '../agent-home.ts';
import { makeFolders, removeTree, writeFileAtomic } from '../files.ts';
import { type Entry, readJournal } from '../run/journal.ts';
import { type DamagedRecord, RECORD, readRecordFolders } from '../run/record-folders.ts';
import { type RunState, stateOf } from '../run/run-record.ts';
import type { ReadSystem, System } from '../system.ts';
import type { InstallMethod } from './installers.ts';

/**
 * A run of the final setup: `setup/RUN/` in the agent's home with `run.json` and a journal, apart from `runs/` for the
 * reasons of decisions/0010. Its actions touch places outside of the new home, each agreed to at the terminal.
 */
export interface SetupRecord {
  readonly schema: 'awm/setup/1';
  readonly id: string;
  readonly started: string;
  readonly tool: string;
  readonly source: string;
  readonly target: string;
  readonly actions: readonly SetupAction[];
}

export type SetupAction = InstallAction | MoveAction;

/** An environment of its own for the package, where there was none. */
export interface InstallAction {
  readonly kind: 'install';
  readonly method: InstallMethod;
  readonly name: string;
  readonly version: string;
  /** The proven file, in the agent's home. */
  readonly wheel: string;
  readonly sha256: string;
  /** Folder of the environment: all of it is made by this action. */
  readonly environment: string;
  /** Folder on PATH with a link for each command. */
  readonly bin: string;
  readonly commands: readonly string[];
  /** Folders that were not there before, the deepest first: they go again where they are empty. */
  readonly folders: readonly string[];
}

/** Something of the old tool that goes out of the way, under a new name beside its old one. */
export interface MoveAction {
  readonly kind: 'move';
  /** What it is, for people. */
  readonly what: 'leftover' | 'clone';
  readonly from: string;
  readonly to: string;
  /** File beside it that says where the tool went. */
  readonly note: string;
}

export interface SetupRun {
  readonly record: SetupRecord;
  readonly folder: string;
  readonly entries: readonly Entry[];
  readonly state: RunState;
}

/** Step of the action with this number. */
export function stepOf(n: number): string {
  return `action-${n + 1}`;
}

/** Makes the folder with its record, synced; nothing is left if that fails. */
export function createSetupRun(
  system: System,
  home: AgentHome,
  { source, target }: Pick<SetupRecord, 'source' | 'target'>,
  actions: readonly SetupAction[],
): SetupRun {
  const now = system.now();
  const record: SetupRecord = {
    schema: 'awm/setup/1',
    id: newRunId(now),
    started: now.toISOString(),
    tool: TOOL,
    source,
    target,
    actions,
  };
  const folder = join(home.setup, record.id);
  try {
    makeFolders(system, folder);
    writeFileAtomic(system, join(folder, RECORD), `${JSON.stringify(record, null, 2)}\n`);
  } catch (error) {
    removeTree(system, folder);
    throw error;
  }
  return { record, folder, entries: [], state: stateOf([]) };
}

/** All runs of a target, newest first. @throws JOURNAL_DAMAGED */
export function setupRunsOf(system: ReadSystem, home: AgentHome, target: string): SetupRun[] {
  return readSetupRecords(system, home)
    .filter((record) => record.target === target)
    .map((record) => setupRunOf(system, home, record));
}

/** Whole records of all runs, newest first; their journals are not looked at. See `damagedSetupRecords`. */
export function readSetupRecords(system: ReadSystem, home: AgentHome): readonly SetupRecord[] {
  return readRecordFolders<SetupRecord>(system, home.setup, isWhole).whole;
}

/** The runs that `readSetupRecords` leaves out, newest first. */
export function damagedSetupRecords(system: ReadSystem, home: AgentHome): readonly DamagedRecord[] {
  return readRecordFolders<SetupRecord>(system, home.setup, isWhole).damaged;
}

function isWhole({ schema, target, actions }: Partial<SetupRecord>): boolean {
  return schema === 'awm/setup/1' && typeof target === 'string' && Array.isArray(actions);
}

/** @throws JOURNAL_DAMAGED */
export function setupRunOf(system: ReadSystem, home: AgentHome, record: SetupRecord): SetupRun {
  const folder = join(home.setup, record.id);
  const entries = readJournal(system, folder, record.id);
  return { record, folder, entries, state: stateOf(entries) };
}

/** Numbers of the actions that may be in effect: announced, and not taken back. */
export function actionsInEffect({ record, state }: Pick<SetupRun, 'record' | 'state'>): number[] {
  return record.actions.flatMap((_, n) =>
    state.done.has(stepOf(n)) || state.open.includes(stepOf(n)) ? [n] : [],
  );
}
