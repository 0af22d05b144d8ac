import { dirname } from 'node:path';
import { AppError, hasErrno } from '../../shared/errors.ts';
import { makeFolders, removeIfThere, writeNewFile } from '../files.ts';
import type { System } from '../system.ts';

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
 * @throws LOCKED, naming the process that holds it
 */
export function lockTarget(system: System, target: string): Lock {
  const path = lockPath(target);
  makeFolders(system, dirname(path));
  const mine: Holder = {
    pid: system.pid,
    bootId: system.bootId,
    start: system.processStart(system.pid) ?? null,
    since: system.now().toISOString(),
  };
  const draft = `${path}.${system.pid}.new`;
  removeIfThere(system, draft);
  writeNewFile(system, draft, `${JSON.stringify(mine)}\n`);
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (linkIfFree(system, draft, path)) return { release: () => removeIfThere(system, path) };
      const holder = readHolder(system, path);
      if (holder !== undefined && isHeld(system, holder))
        throw new AppError('LOCKED', { pid: holder.pid, path: target });
      removeStale(system, path);
    }
  } finally {
    removeIfThere(system, draft);
  }
  throw new AppError('LOCKED', { pid: readHolder(system, path)?.pid ?? 0, path: target });
}

export function lockPath(target: string): string {
  return `${target}.migration-lock`;
}

/** A link appears with its whole content or not at all, so that nobody ever reads half a lock. */
function linkIfFree(system: System, draft: string, path: string): boolean {
  try {
    system.hardLink(draft, path);
    return true;
  } catch (error) {
    if (hasErrno(error, 'EEXIST')) return false;
    throw error;
  }
}

/**
 * Renames before removing: of two processes that see a stale lock only one wins the rename. What it moved away may be
 * a new lock that was made in between; then it is put back.
 */
function removeStale(system: System, path: string): void {
  const moved = `${path}.${system.pid}.stale`;
  try {
    system.rename(path, moved);
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return;
    throw error;
  }
  const holder = readHolder(system, moved);
  if (holder !== undefined && isHeld(system, holder)) linkIfFree(system, moved, path);
  removeIfThere(system, moved);
}

function isHeld(system: System, holder: Holder): boolean {
  if (holder.bootId !== system.bootId || !system.isAlive(holder.pid)) return false;
  const start = system.processStart(holder.pid);
  return start === undefined || holder.start === null || start === holder.start;
}

function readHolder(system: System, path: string): Holder | undefined {
  try {
    const holder: unknown = JSON.parse(system.readFile(path).toString('utf8'));
    const isHolder = typeof holder === 'object' && holder !== null && 'pid' in holder && 'bootId' in holder;
    return isHolder ? (holder as Holder) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || hasErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}
