import { join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { AgentHome } from '../agent-home.ts';
import { inWords } from '../run/in-words.ts';
import { Journal } from '../run/journal.ts';
import { damageOf } from '../run/record-folders.ts';
import { stateOf } from '../run/run-record.ts';
import type { System } from '../system.ts';
import { presentBytes, putBytes, removeLeftover } from './change.ts';
import {
  bytesOfChange,
  changesInEffect,
  damagedReferenceRecords,
  type ReferenceRecord,
  type ReferenceRun,
  readReferenceRecords,
  referenceRunOf,
  stepOf,
} from './reference-run.ts';

/** What became of the replaced lines. */
export interface TakenBack {
  /** Files that have their bytes from before again. */
  readonly takenBack: readonly string[];
  /** Files that were left as they are, with the reason. */
  readonly left: readonly { readonly file: string; readonly reason: string }[];
}

const CHANGED = 'it was changed since';
const GONE = 'it is gone';

/**
 * Gives every file of a run its bytes from before, the last one first. A file that somebody changed since is left as it
 * is. Each is journaled, so that after a crash the same call goes on. Never throws for what the system refuses to a file.
 */
export function takeBackRun(system: System, run: ReferenceRun, journal: Journal): TakenBack {
  const { record, folder } = run;
  const takenBack: string[] = [];
  const left: { file: string; reason: string }[] = [];
  journal.add({ type: 'undo' });
  const open = changesInEffect({ record, state: stateOf(journal.entries) });
  for (const n of open.reverse()) {
    const { file } = record.changes[n] as ReferenceRecord['changes'][number];
    const failure = takeBackChange(system, record, folder, n);
    if (failure === undefined) {
      journal.add({ type: 'undone', step: stepOf(n) });
      takenBack.push(file);
    } else {
      journal.add({ type: 'failed', step: stepOf(n), code: failure.code, reason: failure.reason });
      left.push({ file, reason: failure.reason });
    }
  }
  journal.add({ type: 'end', outcome: left.length === 0 ? 'undone' : 'failed' });
  return { takenBack, left };
}

/** The same for a run that nobody has open. @throws JOURNAL_DAMAGED */
export function takeBackClosedRun(system: System, run: ReferenceRun): TakenBack {
  const journal = Journal.open(system, run.folder, run.record.id);
  try {
    return takeBackRun(system, run, journal);
  } finally {
    journal.close();
  }
}

/**
 * Everything that was replaced for a target, the newest run first: part of a rollback. What cannot be taken back is told
 * and stops nothing.
 */
export function takeBackForTarget(system: System, home: AgentHome, target: string): TakenBack {
  const results = readReferenceRecords(system, home)
    .filter((record) => record.target === target)
    .map((record) => takeBackOrTell(system, home, record));
  const damaged = damagedReferenceRecords(system, home).map((one) => ({
    file: one.path,
    reason: damageOf(one).message,
  }));
  return {
    takenBack: results.flatMap((one) => one.takenBack),
    left: [...results.flatMap((one) => one.left), ...damaged],
  };
}

/** Files that a rollback of this target would give their bytes back, for its preview. */
export function replacedFor(system: System, home: AgentHome, target: string): string[] {
  const files = readReferenceRecords(system, home)
    .filter((record) => record.target === target)
    .flatMap((record) => {
      try {
        const run = referenceRunOf(system, home, record);
        return changesInEffect(run).map((n) => record.changes[n]?.file ?? '');
      } catch (error) {
        if (error instanceof AppError) return record.changes.map(({ file }) => file);
        throw error;
      }
    });
  return [...new Set(files)];
}

function takeBackOrTell(system: System, home: AgentHome, record: ReferenceRecord): TakenBack {
  try {
    const run = referenceRunOf(system, home, record);
    if (changesInEffect(run).length === 0) return { takenBack: [], left: [] };
    return takeBackClosedRun(system, run);
  } catch (error) {
    const { message: reason } = inWords(error, join(home.references, record.id));
    return { takenBack: [], left: record.changes.map(({ file }) => ({ file, reason })) };
  }
}

/** Undefined when the bytes from before are there. */
function takeBackChange(
  system: System,
  { id, changes }: ReferenceRecord,
  folder: string,
  n: number,
): { code: string; reason: string } | undefined {
  const { place, file } = changes[n] as ReferenceRecord['changes'][number];
  try {
    removeLeftover(system, place, markOf(id));
    const { before, after } = bytesOfChange(system, folder, n);
    const present = presentBytes(system, place);
    if (present?.equals(before) === true) return undefined;
    if (present?.equals(after) !== true)
      return { code: 'REFERENCE_CHANGED', reason: present === undefined ? GONE : CHANGED };
    putBytes(system, place, before, markOf(id), true);
    return undefined;
  } catch (error) {
    const { code, message: reason } = inWords(error, file);
    return { code, reason };
  }
}

/** Tells the temporary files of one run from those of another. */
export function markOf(run: string): string {
  return run.slice(-16);
}
