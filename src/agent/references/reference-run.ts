import { join } from 'node:path';
import { newRunId } from '../../shared/ids.ts';
import { TOOL } from '../../shared/tool.ts';
import type { AgentHome } from '../agent-home.ts';
import { makeFolders, removeTree, writeFileAtomic, writeNewFile } from '../files.ts';
import { type Entry, readJournal } from '../run/journal.ts';
import { type DamagedRecord, RECORD, readRecordFolders } from '../run/record-folders.ts';
import { type RunState, stateOf } from '../run/run-record.ts';
import type { ReadSystem, System } from '../system.ts';
import type { Change, PlannedChange } from './change.ts';

/**
 * A run that replaces lines outside of the new home: a folder of its own in the agent's home, with `run.json`, the
 * journal, and of each change the whole file before and after, `N.before` and `N.after`. Those can hold secrets: they are
 * 0600, and no hash of them is kept anywhere.
 */
export interface ReferenceRecord {
  readonly schema: 'awm/references/1';
  readonly id: string;
  readonly started: string;
  readonly tool: string;
  readonly source: string;
  readonly target: string;
  readonly changes: readonly Change[];
}

export interface ReferenceRun {
  readonly record: ReferenceRecord;
  readonly folder: string;
  readonly entries: readonly Entry[];
  readonly state: RunState;
}

/** Step of the change with this number. */
export function stepOf(n: number): string {
  return `change-${n + 1}`;
}

/** Makes the folder with all bytes, synced; nothing is left if that fails. */
export function createReferenceRun(
  system: System,
  home: AgentHome,
  { source, target }: Pick<ReferenceRecord, 'source' | 'target'>,
  changes: readonly PlannedChange[],
): ReferenceRun {
  const now = system.now();
  const record: ReferenceRecord = {
    schema: 'awm/references/1',
    id: newRunId(now),
    started: now.toISOString(),
    tool: TOOL,
    source,
    target,
    changes: changes.map(({ place, file, ids }) => ({ place, file, ids })),
  };
  const folder = join(home.references, record.id);
  try {
    makeFolders(system, folder);
    for (const [n, { before, after }] of changes.entries()) {
      writeNewFile(system, join(folder, `${n + 1}.before`), before);
      writeNewFile(system, join(folder, `${n + 1}.after`), after);
    }
    writeFileAtomic(system, join(folder, RECORD), `${JSON.stringify(record, null, 2)}\n`);
  } catch (error) {
    removeTree(system, folder);
    throw error;
  }
  return { record, folder, entries: [], state: stateOf([]) };
}

/** The bytes of a change, as they were and as they become. */
export function bytesOfChange(
  system: ReadSystem,
  folder: string,
  n: number,
): { before: Buffer; after: Buffer } {
  const read = (name: string) => system.readFile(join(folder, `${n + 1}.${name}`));
  return { before: read('before'), after: read('after') };
}

/** Whole records of all runs, newest first; their journals are not looked at. See `damagedReferenceRecords`. */
export function readReferenceRecords(system: ReadSystem, home: AgentHome): readonly ReferenceRecord[] {
  return readRecordFolders<ReferenceRecord>(system, home.references, isWhole).whole;
}

/** The runs that `readReferenceRecords` leaves out, newest first. */
export function damagedReferenceRecords(system: ReadSystem, home: AgentHome): readonly DamagedRecord[] {
  return readRecordFolders<ReferenceRecord>(system, home.references, isWhole).damaged;
}

function isWhole({ schema, target, changes }: Partial<ReferenceRecord>): boolean {
  return schema === 'awm/references/1' && typeof target === 'string' && Array.isArray(changes);
}

/** A run with its journal. @throws JOURNAL_DAMAGED */
export function referenceRunOf(system: ReadSystem, home: AgentHome, record: ReferenceRecord): ReferenceRun {
  const folder = join(home.references, record.id);
  const entries = readJournal(system, folder, record.id);
  return { record, folder, entries, state: stateOf(entries) };
}

/** Changes that may be in effect: announced, and not taken back. */
export function changesInEffect({ record, state }: Pick<ReferenceRun, 'record' | 'state'>): number[] {
  return record.changes.flatMap((_, n) => {
    const step = stepOf(n);
    return state.done.has(step) || state.open.includes(step) ? [n] : [];
  });
}
