import type { BackupRecord, BackupRoot, Gap } from '../backup/format.ts';
import { displayPath, joinPath } from '../paths.ts';
import type { PathLike, ReadSystem } from '../system.ts';
import { compareWithBackup, type Difference, keyOf } from './compare.ts';

/** One folder that a rollback brings back: the configuration home, or the state of a project that was chosen. */
export interface RollbackPlace {
  /** Its id in the backup. */
  readonly root: string;
  readonly path: string;
  /** False: it was not there when the backup was made. */
  readonly wasPresent: boolean;
  /** Full records of all of it, the sealed ones opened. */
  readonly records: readonly BackupRecord[];
  /** Keys of what the backup could not hold: left alone. */
  readonly gaps: ReadonlySet<string>;
  /** What of it is meant, by key. */
  readonly covers: (key: string) => boolean;
  /** The backup knows the attributes of every entry. */
  readonly keepsAttributes: boolean;
  readonly difference: Difference;
}

/** Compares a place with the backup. One that was not there goes aside as a whole, unless only a part of it is meant. */
export function comparePlace(
  system: ReadSystem,
  { id, path, present }: BackupRoot,
  all: readonly BackupRecord[],
  allGaps: readonly Gap[],
  covers: (key: string) => boolean,
  keepsAttributes: boolean,
): RollbackPlace {
  const records = all.filter(({ root }) => root === id);
  const gaps = new Set(allGaps.filter(({ root }) => root === id).map(({ rel }) => keyOf(rel)));
  const isWhole = covers('');
  const difference =
    present || !isWhole
      ? compareWithBackup(system, path, records, gaps, covers, keepsAttributes)
      : { restore: [], remove: system.lstat(path) === undefined ? [] : [''], unchanged: 0, of: 0 };
  return { root: id, path, wasPresent: present, records, gaps, covers, keepsAttributes, difference };
}

/** Compares once more: a rollback is done when nothing differs, not when nothing failed. */
export function verifyPlace(
  system: ReadSystem,
  { path, wasPresent, records, gaps, covers, keepsAttributes }: RollbackPlace,
): { done: number; of: number } {
  if (!wasPresent && covers('')) return { done: system.lstat(path) === undefined ? 1 : 0, of: 1 };
  const { unchanged, of, remove } = compareWithBackup(system, path, records, gaps, covers, keepsAttributes);
  return { done: unchanged - remove.length, of };
}

export function isAsInBackup({ difference }: RollbackPlace): boolean {
  return difference.restore.length === 0 && difference.remove.length === 0;
}

/** Where an entry of a place lies. */
export function destinationIn({ path }: Pick<RollbackPlace, 'path'>, rel: PathLike): PathLike {
  return rel.length === 0 ? path : joinPath(path, rel);
}

/** Whether an entry has to be written: what differs, and the folders above and around it, whose times it moves. */
export function wantedIn(place: RollbackPlace): (record: BackupRecord) => boolean {
  if (isAsInBackup(place)) return () => false;
  const { difference, covers } = place;
  const wanted = new Set(difference.restore.map(({ rel }) => displayPath(rel)));
  const above = new Set(difference.restore.flatMap(({ rel }) => foldersAbove(keyOf(rel))));
  return ({ rel, type }) => {
    const key = keyOf(rel);
    return wanted.has(displayPath(rel)) || (type === 'folder' && (covers(key) || above.has(key)));
  };
}

function foldersAbove(key: string): string[] {
  const above: string[] = [];
  for (let cut = key.lastIndexOf('/'); cut > 0; cut = key.lastIndexOf('/', cut - 1))
    above.push(key.slice(0, cut));
  return above;
}
