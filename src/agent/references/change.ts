import { basename, dirname, join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { removeIfThere, writeNewFile } from '../files.ts';
import { crontabEnv, readCrontab } from '../survey/references/places/crontabs.ts';
import { type Edit, type FoundReference, withEdits } from '../survey/references/reference.ts';
import type { ReadSystem, System } from '../system.ts';

/** Where a change is written. */
export type ChangePlace =
  | { readonly how: 'crontab' }
  | {
      readonly how: 'file';
      /** Absolute, without links. */
      readonly path: string;
      /** What the file had before, and gets back with its bytes. */
      readonly mode: number;
      readonly uid: number;
      readonly gid: number;
      /** Nanoseconds since 1970, in decimal. */
      readonly mtimeNs: string;
    };

/** Everything that is replaced in one file. */
export interface Change {
  readonly place: ChangePlace;
  /** For people: the path, or `crontab`. */
  readonly file: string;
  /** References that it settles. */
  readonly ids: readonly string[];
}

/** A change with its bytes, which can hold secrets. */
export interface PlannedChange extends Change {
  readonly before: Buffer;
  readonly after: Buffer;
}

/** One change for each file, with the edits of all its chosen references. @throws REFERENCE_CHANGED */
export function plannedChanges(system: ReadSystem, chosen: readonly FoundReference[]): PlannedChange[] {
  const byFile = Map.groupBy(
    chosen.flatMap(({ id, place, edits }) => (place === undefined ? [] : [{ id, place, edits }])),
    ({ place }) => place,
  );
  return [...byFile].map(([{ file, bytes, edit }, references]) => {
    const place = edit.how === 'file' ? placeOf(system, edit.path, file) : ({ how: 'crontab' } as const);
    const edits = onlyOnce(references.flatMap((one) => one.edits));
    return {
      place,
      file,
      ids: references.map(({ id }) => id),
      before: bytes,
      after: withEdits(bytes, edits),
    };
  });
}

/** The bytes that are there now; undefined where nothing is. */
export function presentBytes(system: ReadSystem, place: ChangePlace): Buffer | undefined {
  if (place.how === 'crontab') return readCrontab(system).bytes;
  return system.lstat(place.path)?.kind === 'file' ? system.readFile(place.path) : undefined;
}

/**
 * Puts bytes in the place of those that are there, in one step, with the owner and mode from before. `times`: with the
 * time from before, too. `mark` makes the name of the temporary file, which `removeLeftover` finds after a crash.
 */
export function putBytes(
  system: System,
  place: ChangePlace,
  bytes: Buffer,
  mark: string,
  times: boolean,
): void {
  if (place.how === 'crontab') {
    putCrontab(system, bytes);
    return;
  }
  const { path, mode, uid, gid, mtimeNs } = place;
  const temporary = temporaryName(path, mark);
  removeIfThere(system, temporary);
  try {
    writeNewFile(system, temporary, bytes);
    const made = system.lstat(temporary);
    if (made?.uid !== uid || made.gid !== gid) system.chown(temporary, uid, gid);
    system.chmod(temporary, mode);
    if (times) system.setTimes(temporary, BigInt(mtimeNs));
    system.rename(temporary, path);
  } catch (error) {
    removeIfThere(system, temporary);
    throw error;
  }
  system.syncFolder(dirname(path));
}

/** What a crash left beside the file. */
export function removeLeftover(system: System, place: ChangePlace, mark: string): void {
  if (place.how === 'file') removeIfThere(system, temporaryName(place.path, mark));
}

/** Hidden, so that no folder whose files are all read at a start takes it for one of them. */
function temporaryName(path: string, mark: string): string {
  return join(dirname(path), `.${basename(path)}.${mark}.tmp`);
}

/** The program checks a crontab before it takes it; that it took it is seen by reading it again. */
function putCrontab(system: System, bytes: Buffer): void {
  const options = { env: crontabEnv(system), cwd: '/', input: bytes };
  const { status, stderr } = system.run('crontab', ['-'], options);
  const reason = stderr.toString('utf8').trim().split('\n', 1)[0];
  if (status !== 0) throw new AppError('CRONTAB_REFUSED', { reason: reason || `it ended with ${status}` });
  if (readCrontab(system).bytes?.equals(bytes) !== true)
    throw new AppError('CRONTAB_REFUSED', { reason: 'it prints something else than it was given' });
}

function placeOf(system: ReadSystem, path: string, file: string): ChangePlace {
  const stat = system.lstat(path);
  if (stat?.kind !== 'file') throw new AppError('REFERENCE_CHANGED', { file });
  const { mode, uid, gid, mtimeNs } = stat;
  return { how: 'file', path, mode, uid, gid, mtimeNs: String(mtimeNs) };
}

/** Two references of a unit may share the line of its folder. */
function onlyOnce(edits: readonly Edit[]): Edit[] {
  return [...new Map(edits.map((edit) => [edit.start, edit])).values()];
}
