import { type AttributesByPath, attributesKey, readAttributes, sameAttributes } from '../attributes.ts';
import type { BackupRecord } from '../backup/format.ts';
import { type WalkEntry, walk } from '../backup/walk.ts';
import { bytesOf, displayPath, joinPath } from '../paths.ts';
import { hashFile } from '../run/staging.ts';
import type { PathLike, ReadSystem } from '../system.ts';

/** How the present differs from a backup, entry by entry. Paths are relative to the target. */
export interface Difference {
  /** In the backup, and missing or other now. */
  readonly restore: readonly BackupRecord[];
  /** Now there, and not in the backup: the topmost ones, each with all that it holds. */
  readonly remove: readonly PathLike[];
  /** Equal in bytes, mode and time. */
  readonly unchanged: number;
  readonly of: number;
}

/**
 * Compares every byte of a target with the records of a backup; looks at links themselves, never through them. What the
 * backup could not hold (`gaps`, with all that lies below them) is left alone, and so is what `covers` does not take by
 * its key. `keepsAttributes`: the backup knows the attributes of each entry, also of those that had none.
 */
export function compareWithBackup(
  system: ReadSystem,
  target: string,
  records: readonly BackupRecord[],
  gaps: ReadonlySet<string>,
  covers: (key: string) => boolean,
  keepsAttributes: boolean,
): Difference {
  const present = system.lstat(target) === undefined ? [] : walk(system, target).entries;
  const live = new Map(present.map((entry) => [keyOf(entry.rel), entry]));
  const isMeant = ({ rel }: { readonly rel: PathLike }) => covers(keyOf(rel)) && !isGap(keyOf(rel), gaps);
  const held = records.filter(isMeant);
  const knowsAttributes = (record: BackupRecord) => keepsAttributes || record.attributes !== undefined;
  const attributes = held.some(knowsAttributes)
    ? readAttributes(system, [target, ...present.map(({ rel }) => joinPath(target, rel))])
    : undefined;
  const known = new Map(records.map((record) => [keyOf(record.rel), record]));
  const firstOf = (record: BackupRecord) =>
    record.hardlink === undefined ? undefined : known.get(keyInRoot(record.root, record.hardlink));
  const differs = new Set(
    held.filter((record) => {
      const first = firstOf(record);
      const other = first && live.get(keyOf(first.rel));
      const entry = live.get(keyOf(record.rel));
      const compared = knowsAttributes(record) ? attributes : undefined;
      return !isAsRecorded(system, target, record, entry, first, other, compared);
    }),
  );
  const sameFile = new Set([...differs].map((record) => firstOf(record) ?? record));
  // All names of one file are restored together, or they would be several files.
  const restore = held.filter((record) => differs.has(record) || sameFile.has(firstOf(record) ?? record));
  const extra = present.filter((entry) => !known.has(keyOf(entry.rel)) && isMeant(entry));
  const inPlaceOfOthers = restore.flatMap((record) => {
    const entry = live.get(keyOf(record.rel));
    return entry !== undefined && entry.kind !== record.type ? [entry] : [];
  });
  const remove = topmost([...extra, ...inPlaceOfOthers]);
  return { restore, remove, unchanged: held.length - restore.length, of: held.length };
}

/** How many files, links and the like lie in or below what would be removed; folders are not counted. */
export function countRemoved(system: ReadSystem, target: string, remove: readonly PathLike[]): number {
  if (remove.length === 0) return 0;
  const removed = new Set(remove.map(keyOf));
  const isRemoved = (rel: PathLike) => removed.has('') || isAtOrBelow(keyOf(rel), removed);
  return walk(system, target).entries.filter(({ rel, kind }) => kind !== 'folder' && isRemoved(rel)).length;
}

export function keyOf(rel: PathLike): string {
  return bytesOf(rel).toString('latin1');
}

/** Of a tar member's name, which starts with the id of its root; no entry's key where that is another root. */
function keyInRoot(root: string, member: PathLike): string {
  const key = keyOf(member);
  return key.startsWith(`${root}/`) ? key.slice(root.length + 1) : `/${key}`;
}

/** True for what the backup could not hold, and for all that lies below it. */
export function isGap(key: string, gaps: ReadonlySet<string>): boolean {
  return isAtOrBelow(key, gaps);
}

function isAtOrBelow(key: string, places: ReadonlySet<string>): boolean {
  for (let cut = key.length; cut > 0; cut = key.lastIndexOf('/', cut - 1)) {
    if (places.has(key.slice(0, cut))) return true;
  }
  return false;
}

function isAsRecorded(
  system: ReadSystem,
  target: string,
  record: BackupRecord,
  entry: WalkEntry | undefined,
  first: BackupRecord | undefined,
  firstEntry: WalkEntry | undefined,
  attributes: AttributesByPath | undefined,
): boolean {
  const path = record.rel.length === 0 ? target : joinPath(target, record.rel);
  const stat = record.rel.length === 0 ? system.lstat(target) : entry?.stat;
  if (stat === undefined || stat.kind !== record.type) return false;
  if (record.part === undefined && record.type !== 'folder') return true;
  if (record.type === 'link' && entry?.linkTarget?.equals(record.linkTarget ?? Buffer.alloc(0)) !== true)
    return false;
  if (record.type !== 'link' && record.mode !== undefined && stat.mode !== record.mode) return false;
  if (record.mtimeNs !== undefined && !sameMicrosecond(stat.mtimeNs, record.mtimeNs)) return false;
  if (system.uid === 0 && record.uid !== undefined && (stat.uid !== record.uid || stat.gid !== record.gid))
    return false;
  if (attributes && !sameAttributes(system, record.attributes, attributes.get(attributesKey(path))))
    return false;
  if (record.type !== 'file') return true;
  if (record.hardlink !== undefined && first === undefined) return stat.size === record.size;
  // A second name of a file: the same bytes under a number of their own would be two files from now on.
  if (record.hardlink !== undefined && stat.ino !== firstEntry?.stat.ino) return false;
  const { size, sha256 } = first ?? record;
  return stat.size === size && hashFile(system, path) === sha256;
}

/** Node sets times as doubles: exact to the microsecond. */
function sameMicrosecond(a: bigint, b: bigint): boolean {
  const apart = a - b;
  return apart < 2_000n && apart > -2_000n;
}

/** Without those that lie below another one of the list. */
function topmost(entries: readonly WalkEntry[]): PathLike[] {
  const folders = new Set(entries.filter(({ kind }) => kind === 'folder').map(({ rel }) => keyOf(rel)));
  const below = (key: string): boolean => {
    for (let cut = key.lastIndexOf('/'); cut > 0; cut = key.lastIndexOf('/', cut - 1)) {
      if (folders.has(key.slice(0, cut))) return true;
    }
    return false;
  };
  const kept = entries.filter(({ rel }) => !below(keyOf(rel)));
  return [...new Map(kept.map(({ rel }) => [keyOf(rel), rel])).values()].sort((a, b) =>
    displayPath(a) < displayPath(b) ? -1 : 1,
  );
}
