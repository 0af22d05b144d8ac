import { dirname, join } from 'node:path';
import { hasErrno } from '../../shared/errors.ts';
import type { AgentHome } from '../agent-home.ts';
import { makeFolders, removeTree } from '../files.ts';
import { joinPath } from '../paths.ts';
import type { PathLike, ReadSystem, System } from '../system.ts';

/** A folder of the agent's own in which a migration is tried out. Nothing of it outlives its process for long. */
export interface ScratchFolder {
  readonly path: string;
  /** Deletes it, and the folders above it that were made for it alone. */
  remove(): void;
}

/**
 * Makes a private folder below the agent's home, which is where the person's disk has room for it. Its name tells the
 * process that it belongs to, so that one mkdir makes it and says whose it is.
 */
export function makeScratchFolder(system: System, home: AgentHome): ScratchFolder {
  const parent = rehearsalsOf(home);
  const made = missingFolders(system, parent);
  makeFolders(system, parent);
  const path = freeName(system, parent);
  system.makeFolder(path, 0o700);
  return {
    path,
    remove: () => {
      removeOpened(system, path);
      // An older version, or a process that was ended, may have made the parent and left it empty.
      for (const folder of made.includes(parent) ? made : [parent, ...made]) removeIfEmpty(system, folder);
    },
  };
}

/** Removes what rehearsals left behind whose process was ended; those of running processes stay. */
export function removeLeftScratch(system: System, home: AgentHome): number {
  const parent = rehearsalsOf(home);
  if (system.lstat(parent)?.kind !== 'folder') return 0;
  const left = system
    .readFolder(parent)
    .filter(({ name, kind }) => kind === 'folder' && !isInUse(system, String(name)));
  for (const { name } of left) removeOpened(system, joinPath(parent, name));
  removeIfEmpty(system, parent);
  return left.length;
}

function rehearsalsOf(home: AgentHome): string {
  return join(home.path, 'rehearsals');
}

/** `PID.START.BOOT.N`; the boot id is hex with dashes, so that dots part the four. */
function freeName(system: System, parent: string): string {
  const start = system.processStart(system.pid) ?? '';
  const base = [system.pid, clean(start), clean(system.bootId)].join('.');
  let n = 1;
  while (system.lstat(join(parent, `${base}.${n}`)) !== undefined) n++;
  return join(parent, `${base}.${n}`);
}

function isInUse(system: ReadSystem, name: string): boolean {
  const [pid = '', start = '', boot = ''] = name.split('.');
  if (boot !== clean(system.bootId) || !system.isAlive(Number(pid))) return false;
  const now = system.processStart(Number(pid));
  return now === undefined || start === '' || clean(now) === start;
}

function clean(text: string): string {
  return text.replace(/[^A-Za-z0-9-]/g, '_');
}

/** Copies of closed folders are opened first, or what they hold could not be removed. */
function removeOpened(system: System, path: PathLike): void {
  open(system, path);
  removeTree(system, path);
}

function open(system: System, path: PathLike): void {
  if (system.lstat(path)?.kind !== 'folder') return;
  system.chmod(path, 0o700);
  for (const { name, kind } of system.readFolder(path))
    if (kind === 'folder') open(system, joinPath(path, name));
}

function missingFolders(system: ReadSystem, folder: string): string[] {
  if (system.stat(folder) !== undefined || dirname(folder) === folder) return [];
  return [folder, ...missingFolders(system, dirname(folder))];
}

function removeIfEmpty(system: System, folder: string): void {
  try {
    system.removeFolder(folder);
  } catch (error) {
    if (!hasErrno(error, 'ENOTEMPTY', 'EEXIST', 'ENOENT')) throw error;
  }
}
