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
 * backup could not hold (`gaps`) is left alone.
 */
export function compareWithBackup(
  system: ReadSystem,
  target: string,
  records: readonly BackupRecord[],
  gaps: ReadonlySet<string>,
): Difference {
  const present = system.lstat(target) === undefined ? [] : walk(system, target).entries;
  const live = new Map(present.map((entry) => [keyOf(entry.rel), entry]));
  const known = new Set(records.map((record) => keyOf(record.rel)));
  const restore = records.filter(
    (record) => !isAsRecorded(system, target, record, live.get(keyOf(record.rel))),
  );
  const extra = present.filter(({ rel }) => !known.has(keyOf(rel)) && !gaps.has(keyOf(rel)));
  const inPlaceOfOthers = restore.flatMap((record) => {
    const entry = live.get(keyOf(record.rel));
    return entry !== undefined && entry.kind !== record.type ? [entry] : [];
  });
  const remove = topmost([...extra, ...inPlaceOfOthers]);
  return { restore, remove, unchanged: records.length - restore.length, of: records.length };
}

export function keyOf(rel: PathLike): string {
  return bytesOf(rel).toString('latin1');
}

function isAsRecorded(
  system: ReadSystem,
  target: string,
  record: BackupRecord,
  entry: WalkEntry | undefined,
): boolean {
  const path = record.rel.length === 0 ? target : joinPath(target, record.rel);
  const stat = record.rel.length === 0 ? system.lstat(target) : entry?.stat;
  if (stat === undefined || stat.kind !== record.type) return false;
  if (record.type === 'link') return entry?.linkTarget?.equals(record.linkTarget ?? Buffer.alloc(0)) === true;
  if (record.part === undefined && record.type !== 'folder') return true;
  if (record.mode !== undefined && stat.mode !== record.mode) return false;
  if (record.mtimeNs !== undefined && !sameMicrosecond(stat.mtimeNs, record.mtimeNs)) return false;
  if (system.uid === 0 && record.uid !== undefined && (stat.uid !== record.uid || stat.gid !== record.gid))
    return false;
  if (record.type !== 'file' || record.hardlink !== undefined) return true;
  return stat.size === record.size && hashFile(system, path) === record.sha256;
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
