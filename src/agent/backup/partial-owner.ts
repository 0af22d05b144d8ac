import { join } from 'node:path';
import { hasErrno } from '../../shared/errors.ts';
import { removeTree, writeNewFile } from '../files.ts';
import type { ReadSystem, System } from '../system.ts';
import { LOCK_FILE } from './format.ts';

/** Time between making a folder and writing its lock file, with a wide margin. */
const LOCK_GRACE_NS = 60_000_000_000n;

/** Writes into an unfinished folder which process works on it: pid, start of the process, boot. */
export function writeOwner(system: System, folder: string): void {
  const { pid, bootId } = system;
  const processStart = system.processStart(pid);
  const content = { pid, bootId, started: system.now().toISOString(), ...(processStart && { processStart }) };
  writeNewFile(system, join(folder, LOCK_FILE), `${JSON.stringify(content)}\n`);
}

/**
 * Removes the unfinished folders in `parent` that dead processes left, of those whose name is one of ours, and returns
 * their paths. Those of running processes stay. A folder that cannot be removed is left for the next time.
 */
export function removeAbandoned(system: System, parent: string, isOurs: (name: string) => boolean): string[] {
  if (system.stat(parent)?.kind !== 'folder') return [];
  const removed: string[] = [];
  for (const { name, kind } of system.readFolder(parent)) {
    if (kind !== 'folder' || typeof name !== 'string' || !isOurs(name)) continue;
    const path = join(parent, name);
    if (isInUse(system, path)) continue;
    try {
      removeTree(system, path);
      removed.push(path);
    } catch (error) {
      if (!hasErrno(error, 'EACCES', 'EPERM', 'EBUSY', 'ENOTEMPTY', 'ENOENT')) throw error;
    }
  }
  return removed;
}

/** True while the process that made the folder lives. Without a readable lock, for a minute. */
function isInUse(system: ReadSystem, path: string): boolean {
  const owner = readOwner(system, join(path, LOCK_FILE));
  if (!owner) {
    const made = system.lstat(path)?.mtimeNs ?? 0n;
    return BigInt(system.now().getTime()) * 1_000_000n - made < LOCK_GRACE_NS;
  }
  if (owner.bootId !== system.bootId || !system.isAlive(owner.pid)) return false;
  return owner.processStart === undefined || owner.processStart === system.processStart(owner.pid);
}

interface Owner {
  readonly pid: number;
  readonly bootId: string;
  readonly processStart: string | undefined;
}

function readOwner(system: ReadSystem, path: string): Owner | undefined {
  try {
    const value: unknown = JSON.parse(system.readFile(path, 4096).toString('utf8'));
    if (typeof value !== 'object' || value === null) return undefined;
    const { pid, bootId, processStart } = value as Record<string, unknown>;
    if (typeof pid !== 'number' || typeof bootId !== 'string') return undefined;
    return { pid, bootId, processStart: typeof processStart === 'string' ? processStart : undefined };
  } catch {
    return undefined;
  }
}
