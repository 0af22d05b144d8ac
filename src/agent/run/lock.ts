import { basename, dirname, join } from 'node:path';
import { AppError, hasErrno } from '../../shared/errors.ts';
import { linkIfFree, makeFolders, removeIfThere, writeNewFile } from '../files.ts';
import type { ReadSystem, System } from '../system.ts';
import { inWords } from './in-words.ts';

/** Held while something writes to a target. It lies beside the target, so that agents with other homes see it too. */
export interface Lock {
  release(): void;
}

const ATTEMPTS = 5;

interface Holder {
  readonly pid: number;
  readonly bootId: string;
  /** Tells two processes apart that had the same pid. */
  readonly start: string | null;
  readonly since: string;
}

/**
 * Takes the lock of `target`. A lock whose process is gone (or whose machine was restarted) heals itself.
 * @throws LOCKED, naming the process that holds it; TARGET_READ_ONLY where no lock can be made beside the target
 */
export function lockTarget(system: System, target: string): Lock {
  try {
    return takeLock(system, target);
  } catch (error) {
    if (!hasErrno(error, 'EACCES', 'EPERM', 'EROFS')) throw error;
    const reason = hasErrno(error, 'EROFS') ? 'the file system is read-only' : 'permission denied';
    throw new AppError('TARGET_READ_ONLY', { path: dirname(target), reason }, { cause: error });
  }
}

/** Works under the lock of `target`. @throws LOCKED, TARGET_READ_ONLY, and what the work throws, in words */
export function underLock<T>(system: System, target: string, work: () => T): T {
  try {
    const lock = lockTarget(system, target);
    try {
      return work();
    } finally {
      lock.release();
    }
  } catch (error) {
    throw inWords(error, target);
  }
}

function takeLock(system: System, target: string): Lock {
  const path = lockPath(target);
  const madeFolders = missingFolders(system, dirname(path));
  makeFolders(system, dirname(path));
  const mine: Holder = {
    pid: system.pid,
    bootId: system.bootId,
    start: system.processStart(system.pid) ?? null,
    since: system.now().toISOString(),
  };
  const draft = `${path}.${system.pid}.new`;
  let isTaken = false;
  try {
    removeIfThere(system, draft);
    writeNewFile(system, draft, `${JSON.stringify(mine)}\n`);
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (linkIfFree(system, draft, path)) {
        isTaken = true;
        removeIfThere(system, draft);
        sweep(system, path);
        return { release: () => release(system, path, madeFolders) };
      }
      const holder = readHolder(system, path);
      if (holder !== undefined && isHeld(system, holder))
        throw new AppError('LOCKED', { pid: holder.pid, path: target });
      heal(system, draft, path);
    }
  } catch (error) {
    removeIfThere(system, draft);
    if (isTaken) removeIfThere(system, path);
    removeEmpty(system, madeFolders);
    throw error;
  }
  removeIfThere(system, draft);
  throw new AppError('LOCKED', { pid: readHolder(system, path)?.pid ?? 0, path: target });
}

/** Pid of the process that is working on `target` now; undefined where nobody is. */
export function workingOn(system: ReadSystem, target: string): number | undefined {
  const holder = readHolder(system, lockPath(target));
  return holder !== undefined && isHeld(system, holder) ? holder.pid : undefined;
}

export function lockPath(target: string): string {
  return `${target}.migration-lock`;
}

function release(system: System, path: string, madeFolders: readonly string[]): void {
  removeIfThere(system, path);
  removeEmpty(system, madeFolders);
}

/**
 * Removes a lock whose process is gone. Only who holds the lock's own lock may do that, and looks again first: of two
 * processes that saw the same stale lock, the slower one would else remove the new lock of the faster one.
 */
function heal(system: System, draft: string, path: string): void {
  const healing = `${path}.heal`;
  if (!linkIfFree(system, draft, healing)) {
    const healer = readHolder(system, healing);
    if (healer === undefined || !isHeld(system, healer)) removeIfThere(system, healing);
    return;
  }
  try {
    const holder = readHolder(system, path);
    if (holder === undefined || !isHeld(system, holder)) removeIfThere(system, path);
  } finally {
    removeIfThere(system, healing);
  }
}

/** Removes what processes left behind that were ended while they took or healed this lock. */
function sweep(system: System, path: string): void {
  const prefix = `${basename(path)}.`;
  for (const { name } of system.readFolder(dirname(path))) {
    const rest = typeof name === 'string' && name.startsWith(prefix) ? name.slice(prefix.length) : '';
    const pid = /^(\d+)\.(?:new|stale)$/.exec(rest)?.[1];
    if (pid === undefined && rest !== 'heal') continue;
    const left = join(dirname(path), String(name));
    const holder = readHolder(system, left);
    const isLeft =
      holder === undefined ? pid !== undefined && !system.isAlive(Number(pid)) : !isHeld(system, holder);
    if (isLeft) removeIfThere(system, left);
  }
}

function isHeld(system: ReadSystem, holder: Holder): boolean {
  if (holder.bootId !== system.bootId || !system.isAlive(holder.pid)) return false;
  const start = system.processStart(holder.pid);
  return start === undefined || holder.start === null || start === holder.start;
}

/** Undefined where there is none, and for what no process of ours has written. */
function readHolder(system: ReadSystem, path: string): Holder | undefined {
  try {
    const holder: unknown = JSON.parse(system.readFile(path).toString('utf8'));
    const isHolder =
      typeof holder === 'object' &&
      holder !== null &&
      'bootId' in holder &&
      'pid' in holder &&
      Number.isSafeInteger(holder.pid) &&
      Number(holder.pid) > 0;
    return isHolder ? (holder as Holder) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || hasErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** The folders that are about to be made, the deepest first. */
function missingFolders(system: System, folder: string): string[] {
  if (system.stat(folder) !== undefined || dirname(folder) === folder) return [];
  return [folder, ...missingFolders(system, dirname(folder))];
}

/** Folders that were made for the lock alone go with it. */
function removeEmpty(system: System, folders: readonly string[]): void {
  for (const folder of folders) {
    try {
      system.removeFolder(folder);
    } catch (error) {
      if (hasErrno(error, 'ENOTEMPTY', 'EEXIST', 'ENOENT')) return;
      throw error;
    }
  }
}
