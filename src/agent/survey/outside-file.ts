import { relative } from 'node:path';
import { LONGEST_FILE } from '../credentials/assignment.ts';
import { isInside, shortPath } from '../paths.ts';
import type { FileStat, FolderEntry, ReadSystem } from '../system.ts';
import { ifReachable } from './reachable.ts';

/** A small file that is read where it stands, links followed: people keep their start-up files behind links. */
export interface OutsideFile {
  /** Without links. */
  readonly path: string;
  readonly stat: FileStat;
  readonly bytes: Buffer;
}

/** Undefined where there is none, where it may not be read, and for what is no regular file or longer than such files are. */
export function readOutsideFile(system: ReadSystem, path: string): OutsideFile | undefined {
  return ifReachable(() => {
    const stat = system.stat(path);
    if (stat?.kind !== 'file' || stat.size > LONGEST_FILE) return undefined;
    const real = system.realPath(path);
    return { path: real, stat, bytes: system.readFile(real, LONGEST_FILE) };
  });
}

/** Names in a folder, sorted; none where it cannot be listed. */
export function namesIn(system: ReadSystem, folder: string): FolderEntry[] {
  return ifReachable(() => (system.stat(folder)?.kind === 'folder' ? system.readFolder(folder) : [])) ?? [];
}

/** As the file is named in the ledger: its path in the clone, else `~/…` or absolute. */
export function nameOfSource(system: ReadSystem, clone: string, path: string): string {
  return isInside(path, clone) ? relative(clone, path) : shortPath(path, system.home);
}
