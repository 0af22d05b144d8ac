import { AppError } from '../../shared/errors.ts';
import type { AgentHome } from '../agent-home.ts';
import { inWords } from '../run/in-words.ts';
import { Journal } from '../run/journal.ts';
import { underLock } from '../run/lock.ts';
import { damageOf, refuseDamaged } from '../run/record-folders.ts';
import { stateOf } from '../run/run-record.ts';
import type { System } from '../system.ts';
import { type Change, type PlannedChange, presentBytes, putBytes, removeLeftover } from './change.ts';
import {
  bytesOfChange,
  createReferenceRun,
  damagedReferenceRecords,
  type ReferenceRun,
  readReferenceRecords,
  referenceRunOf,
  stepOf,
} from './reference-run.ts';
import { markOf, type TakenBack, takeBackClosedRun, takeBackRun } from './take-back.ts';

export interface AppliedReferences {
  readonly run: string;
  /** Files that were changed. */
  readonly files: readonly string[];
  readonly ids: readonly string[];
}

/**
 * Replaces the chosen lines: all of them, or none. Each file is announced in the journal before it is touched, and its
 * bytes from before lie in the run's folder by then.
 * @throws REFERENCE_CHANGED, LOCKED, REFERENCES_UNFINISHED, RUN_RECORD_DAMAGED before anything is written; else what stopped it, all taken back
 */
export function applyReferences(
  system: System,
  home: AgentHome,
  places: { readonly source: string; readonly target: string },
  changes: readonly PlannedChange[],
): AppliedReferences {
  return underLock(system, places.target, () => {
    refuseDamaged(damagedReferenceRecords(system, home));
    const open = openReferenceRun(system, home);
    if (open !== undefined)
      throw new AppError('REFERENCES_UNFINISHED', { run: open.record.id, reason: 'it is not at its end' });
    for (const change of changes) refuseChanged(change, presentBytes(system, change.place), change.before);
    const run = createReferenceRun(system, home, places, changes);
    const journal = Journal.openNew(system, run.folder, run.record.id);
    try {
      return carryOut(system, run, journal);
    } finally {
      journal.close();
    }
  });
}

/** Goes on with an interrupted run. @throws REFERENCES_NOT_APPLIED where there is none; as `applyReferences` */
export function resumeReferences(system: System, home: AgentHome): AppliedReferences {
  const run = openReferenceRun(system, home);
  if (run === undefined) throw notApplied(system, home);
  return underLock(system, run.record.target, () => {
    const journal = Journal.open(system, run.folder, run.record.id);
    try {
      journal.add({ type: 'resume' });
      return carryOut(system, run, journal);
    } finally {
      journal.close();
    }
  });
}

/** Takes back the run with this id, or the newest with something to take back. @throws REFERENCES_NOT_APPLIED, LOCKED */
export function undoReferences(
  system: System,
  home: AgentHome,
  id: string | undefined,
): TakenBack & { readonly run: ReferenceRun } {
  const run = readReferenceRecords(system, home)
    .filter((record) => id === undefined || record.id === id)
    .map((record) => referenceRunOf(system, home, record))
    .find(({ state }) => state.outcome !== 'undone');
  if (run === undefined) throw notApplied(system, home);
  return underLock(system, run.record.target, () => ({ ...takeBackClosedRun(system, run), run }));
}

/** The run that was ended by a crash or by a disk before it came to its end. */
export function openReferenceRun(system: System, home: AgentHome): ReferenceRun | undefined {
  return readReferenceRecords(system, home)
    .map((record) => referenceRunOf(system, home, record))
    .find(({ state }) => state.outcome === undefined);
}

/** Where a record is damaged nobody can say that there is nothing. */
function notApplied(system: System, home: AgentHome): AppError {
  const [newest] = damagedReferenceRecords(system, home);
  return newest === undefined ? new AppError('REFERENCES_NOT_APPLIED') : damageOf(newest);
}

function carryOut(system: System, run: ReferenceRun, journal: Journal): AppliedReferences {
  const { record, folder } = run;
  const { changes, id } = record;
  try {
    if (stateOf(journal.entries).undoing) throw new AppError('RUN_UNDONE', { reason: 'as was begun before' });
    if (journal.entries.length === 0) journal.add({ type: 'begin' });
    for (const [n, change] of changes.entries()) {
      if (stateOf(journal.entries).done.has(stepOf(n))) continue;
      journal.add({ type: 'intent', step: stepOf(n) });
      removeLeftover(system, change.place, markOf(id));
      const { before, after } = bytesOfChange(system, folder, n);
      const present = presentBytes(system, change.place);
      if (present?.equals(after) !== true) {
        refuseChanged(change, present, before);
        putBytes(system, change.place, after, markOf(id), false);
      }
      journal.add({ type: 'done', step: stepOf(n) });
    }
    journal.add({ type: 'end', outcome: 'complete' });
  } catch (error) {
    throw takeBackAfter(system, run, journal, inWords(error, folder));
  }
  return { run: id, files: changes.map(({ file }) => file), ids: changes.flatMap(({ ids }) => ids) };
}

/** The error to tell once everything is taken back; where that fails, too, the run stays open and says so. */
function takeBackAfter(system: System, run: ReferenceRun, journal: Journal, error: AppError): AppError {
  try {
    const { left } = takeBackRun(system, run, journal);
    const [first] = left;
    if (first === undefined) return error;
    return new AppError(
      'REFERENCES_LEFT',
      { count: left.length, ...first, folder: run.folder },
      { cause: error },
    );
  } catch (second) {
    inWords(second, run.folder);
    return new AppError(
      'REFERENCES_UNFINISHED',
      { run: run.record.id, reason: error.message },
      { cause: error },
    );
  }
}

function refuseChanged({ file }: Change, present: Buffer | undefined, before: Buffer): void {
  if (present?.equals(before) !== true) throw new AppError('REFERENCE_CHANGED', { file });
}

/** A run without a journal has done nothing. */
