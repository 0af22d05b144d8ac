import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { hasErrno } from '../shared/errors.ts';
import { joinPath, parentOf } from './paths.ts';
import type { PathLike, ReadSystem, System } from './system.ts';

/**
 * Writes a file so that a reader sees the old bytes or the new ones, never a part: temporary name in the same folder,
 * synced, renamed, folder synced. The temporary file is removed if anything fails.
 */
export function writeFileAtomic(system: System, path: string, data: Uint8Array | string, mode = 0o600): void {
  const temporary = `${path}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    writeNewFile(system, temporary, data, mode);
    system.rename(temporary, path);
  } catch (error) {
    removeIfThere(system, temporary);
    throw error;
  }
  system.syncFolder(dirname(path));
}

/** Creates a file that must not exist yet and syncs its bytes. */
export function writeNewFile(system: System, path: PathLike, data: Uint8Array | string, mode = 0o600): void {
  const fd = system.createFile(path, mode);
  try {
    system.write(fd, typeof data === 'string' ? Buffer.from(data, 'utf8') : data, 0);
    system.syncData(fd);
  } finally {
    system.close(fd);
  }
}

/** Creates a folder and its missing parents. Existing ones are left as they are. */
export function makeFolders(system: System, path: PathLike, mode = 0o700): void {
  if (system.stat(path)?.kind === 'folder') return;
  const parent = parentOf(path);
  if (String(parent) !== String(path)) makeFolders(system, parent, mode);
  try {
    system.makeFolder(path, mode);
  } catch (error) {
    if (!hasErrno(error, 'EEXIST')) throw error;
  }
}

/** Removes a file or link; nothing there is no error. */
export function removeIfThere(system: System, path: PathLike): void {
  try {
    system.unlink(path);
  } catch (error) {
    if (!hasErrno(error, 'ENOENT')) throw error;
  }
}

/** Removes a file, or a folder with all it holds; never follows a link; nothing there is no error. */
export function removeTree(system: System, path: PathLike): void {
  const kind = system.lstat(path)?.kind;
  if (kind === undefined) return;
  if (kind === 'folder') {
    for (const entry of system.readFolder(path)) removeTree(system, joinPath(path, entry.name));
    system.removeFolder(path);
  } else {
    removeIfThere(system, path);
  }
}

/** Text of a file, or undefined where there is none. */
export function readTextIfThere(system: ReadSystem, path: string): string | undefined {
  return system.lstat(path)?.kind === 'file' ? system.readFile(path).toString('utf8') : undefined;
}

/**
 * Gives a finished file the name `path`, unless somebody has it already: false then. A link appears with its whole content
 * or not at all, so that nobody ever reads half a file.
 */
export function linkIfFree(system: System, draft: string, path: string): boolean {
  try {
    system.hardLink(draft, path);
    return true;
  } catch (error) {
    if (hasErrno(error, 'EEXIST')) return false;
    throw error;
  }
}
