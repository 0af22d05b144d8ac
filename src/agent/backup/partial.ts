import { AppError, hasErrno } from '../../shared/errors.ts';
import { compactTime } from '../../shared/ids.ts';
import { removeTree, writeNewFile } from '../files.ts';
import type { ReadSystem, System } from '../system.ts';
import { LOCK_FILE, PARTIAL_SUFFIX } from './format.ts';
import { isBackupName } from './names.ts';

/** Time between making the folder and writing its lock file, with a wide margin. */
const LOCK_GRACE_NS = 60_000_000_000n;
const MAX_SAME_SECOND = 1000;

export interface PartialBackup {
  readonly id: string;
  /** `…/migration-backup-20240115-143045.partial` */
  readonly path: string;
  /** Where it goes when it is complete. */
  readonly finalPath: string;
}

/** Makes the `.partial` folder (0700) of a new backup; the folder is the lock, so no two processes get one name. */
export function startPartial(system: System, parent: string): PartialBackup {
  const base = `migration-backup-${compactTime(system.now())}`;
  for (let n = 1; n <= MAX_SAME_SECOND; n++) {
    const id = n === 1 ? base : `${base}-${n}`;
    const finalPath = `${parent}/${id}`;
    const path = finalPath + PARTIAL_SUFFIX;
    if (system.lstat(finalPath) || !makeIfFree(system, path)) continue;
    // Another process may have finished this very name between the look and the making.
    if (system.lstat(finalPath)) {
      system.removeFolder(path);
      continue;
    }
    return lock(system, { id, path, finalPath });
  }
  throw new AppError('BACKUP_PLACE', { path: parent, reason: 'it holds too many backups of this second' });
}

/**
 * Removes the `.partial` folders that dead processes left in `parent` and returns their paths. Those of running
 * processes stay. A folder that cannot be removed is left for the next time.
 */
export function removePartial(system: System, parent: string): string[] {
  if (system.stat(parent)?.kind !== 'folder') return [];
  const removed: string[] = [];
  for (const { name, kind } of system.readFolder(parent)) {
    if (kind !== 'folder' || typeof name !== 'string' || !name.endsWith(PARTIAL_SUFFIX)) continue;
    if (!isBackupName(name.slice(0, -PARTIAL_SUFFIX.length))) continue;
    const path = `${parent}/${name}`;
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

function makeIfFree(system: System, path: string): boolean {
  try {
    system.makeFolder(path, 0o700);
    return true;
  } catch (error) {
    if (hasErrno(error, 'EEXIST')) return false;
    throw error;
  }
}

function lock(system: System, partial: PartialBackup): PartialBackup {
  const { pid, bootId } = system;
  const processStart = system.processStart(pid);
  const content = { pid, bootId, started: system.now().toISOString(), ...(processStart && { processStart }) };
  try {
    writeNewFile(system, `${partial.path}/${LOCK_FILE}`, `${JSON.stringify(content)}\n`);
  } catch (error) {
    removeTree(system, partial.path);
    throw error;
  }
  return partial;
}

/** True while the process that made the folder lives. Without a readable lock, for a minute. */
function isInUse(system: ReadSystem, path: string): boolean {
  const owner = readLock(system, `${path}/${LOCK_FILE}`);
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

function readLock(system: ReadSystem, path: string): Owner | undefined {
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
