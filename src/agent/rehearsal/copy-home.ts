import { type WalkEntry, walk } from '../backup/walk.ts';
import { bytesOf, displayPath, joinPath } from '../paths.ts';
import { copyFile } from '../run/staging.ts';
import type { PathLike, System } from '../system.ts';

/**
 * Copies a configuration home with modes, owners, times, links and hard links. What cannot be copied (unreadable, or no
 * file) is named and left out.
 */
export function copyHome(system: System, from: string, to: string): string[] {
  const stat = system.lstat(from);
  if (stat === undefined) return [];
  const { entries, unreadable, notCrossed } = walk(system, from);
  const closed = new Set(unreadable.map(({ rel }) => keyOf(rel)));
  const left = [...unreadable.map(({ rel }) => rel), ...notCrossed];
  const byInode = new Map<bigint, PathLike>();
  system.makeFolder(to, 0o700);
  for (const entry of entries) {
    if (closed.has(keyOf(entry.rel)) || !copyEntry(system, from, to, entry, byInode)) {
      if (!closed.has(keyOf(entry.rel))) left.push(entry.rel);
    }
  }
  // The deepest first: what is made in a folder moves its time, and a closed one lets nothing in.
  for (const entry of [...entries].reverse()) {
    if (entry.kind === 'folder') finish(system, joinPath(to, entry.rel), entry.stat);
  }
  finish(system, to, stat);
  return left.map(displayPath);
}

function copyEntry(
  system: System,
  from: string,
  to: string,
  { rel, kind, stat, linkTarget }: WalkEntry,
  byInode: Map<bigint, PathLike>,
): boolean {
  const [source, copy] = [joinPath(from, rel), joinPath(to, rel)];
  switch (kind) {
    case 'folder':
      system.makeFolder(copy, 0o700);
      return true;
    case 'link':
      if (linkTarget === undefined) return false;
      system.symlink(linkTarget, copy);
      if (system.uid === 0) system.chown(copy, stat.uid, stat.gid);
      system.setTimes(copy, stat.mtimeNs);
      return true;
    case 'file': {
      const first = byInode.get(stat.ino);
      if (first !== undefined) system.hardLink(first, copy);
      else {
        copyFile(system, source, copy, stat.mode);
        finish(system, copy, stat);
        if (stat.nlink > 1) byInode.set(stat.ino, copy);
      }
      return true;
    }
    default:
      return false;
  }
}

function finish(system: System, path: PathLike, { uid, gid, mode, mtimeNs }: WalkEntry['stat']): void {
  if (system.uid === 0) system.chown(path, uid, gid);
  system.chmod(path, mode);
  system.setTimes(path, mtimeNs);
}

function keyOf(rel: PathLike): string {
  return bytesOf(rel).toString('latin1');
}
