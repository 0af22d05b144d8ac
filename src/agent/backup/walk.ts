import { hasErrno } from '../../shared/errors.ts';
import { joinPath } from '../paths.ts';
import type { FileKind, FileStat, FolderEntry, PathLike, ReadSystem } from '../system.ts';
import { readFailure } from './source-file.ts';

export interface WalkEntry {
  /** Relative to the root, never empty. */
  readonly rel: PathLike;
  readonly stat: FileStat;
  readonly kind: FileKind;
  /** Of links: the exact bytes. */
  readonly linkTarget?: Buffer;
}

export interface WalkResult {
  /** Parents before what they hold. */
  readonly entries: WalkEntry[];
  /** Folders that cannot be listed (they are entries too) and files that cannot be opened. */
  readonly unreadable: { rel: PathLike; reason: string }[];
  /** Folders on another file system: named, neither entered nor listed. */
  readonly notCrossed: PathLike[];
}

export interface WalkOptions {
  /** True leaves the entry out; of a folder, with all that it holds. */
  readonly skip?: (rel: PathLike, kind: FileKind) => boolean;
}

/**
 * Everything below `root` (which may itself be reached through a link), in the same order every time. Follows no link,
 * opens nothing, stays on one file system. What cannot be read is collected; nothing is thrown for a single entry. An
 * entry that vanishes meanwhile is left out. A root that is no folder gives one unreadable entry with an empty name.
 */
export function walk(system: ReadSystem, root: string, options: WalkOptions = {}): WalkResult {
  const result: WalkResult = { entries: [], unreadable: [], notCrossed: [] };
  const top = rootStat(system, root);
  if (typeof top === 'string') {
    result.unreadable.push({ rel: '', reason: top });
    return result;
  }
  // A hand loop: a tree thousands of folders deep must not exhaust the stack.
  const folders: PathLike[] = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const below: PathLike[] = [];
    for (const { name, kind } of list(system, root, folder, result)) {
      const rel = joinPath(folder, name);
      if (options.skip?.(rel, kind)) continue;
      const entry = look(system, joinPath(root, rel), rel, result);
      if (!entry) continue;
      if (entry.kind === 'folder' && entry.stat.dev !== top.dev) {
        result.notCrossed.push(rel);
        continue;
      }
      result.entries.push(entry);
      if (entry.kind === 'folder') below.push(rel);
    }
    folders.push(...below.reverse());
  }
  return result;
}

function rootStat(system: ReadSystem, root: string): FileStat | string {
  try {
    const stat = system.stat(root);
    if (stat?.kind === 'folder') return stat;
    return stat ? 'it is not a folder' : 'it does not exist';
  } catch (error) {
    return readFailure(error);
  }
}

function list(system: ReadSystem, root: string, folder: PathLike, result: WalkResult): FolderEntry[] {
  try {
    return system.readFolder(folder.length === 0 ? root : joinPath(root, folder));
  } catch (error) {
    if (!hasErrno(error, 'ENOENT')) result.unreadable.push({ rel: folder, reason: readFailure(error) });
    return [];
  }
}

function look(system: ReadSystem, path: PathLike, rel: PathLike, result: WalkResult): WalkEntry | undefined {
  try {
    const stat = system.lstat(path);
    if (!stat) return undefined;
    const linkTarget = stat.kind === 'link' ? system.readLink(path) : undefined;
    if (stat.kind === 'file' && !system.canRead(path))
      result.unreadable.push({ rel, reason: 'permission denied' });
    return { rel, stat, kind: stat.kind, ...(linkTarget && { linkTarget }) };
  } catch (error) {
    result.unreadable.push({ rel, reason: readFailure(error) });
    return undefined;
  }
}
