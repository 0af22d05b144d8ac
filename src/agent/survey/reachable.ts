import { basename, dirname, join, resolve } from 'node:path';
import { hasErrno } from '../../shared/errors.ts';
import type { FileStat, PathLike, ReadSystem } from '../system.ts';

/** Paths come from people's files: they may be too long, hold a zero byte, or lead where this user may not look. */
const NOT_REACHABLE = [
  'EACCES',
  'EPERM',
  'ELOOP',
  'ENOENT',
  'ENOTDIR',
  'ENAMETOOLONG',
  'ERR_INVALID_ARG_VALUE',
];

/** What is at `path`, links followed; undefined where nothing is, or where this user cannot tell. */
export function statIfReachable(system: ReadSystem, path: PathLike): FileStat | undefined {
  return ifReachable(() => system.stat(path));
}

/** A file's bytes; undefined where it is gone, no regular file, or this user may not read it. */
export function readIfReachable(system: ReadSystem, path: PathLike): Buffer | undefined {
  return ifReachable(() => (system.lstat(path)?.kind === 'file' ? system.readFile(path) : undefined));
}

/** True when both paths lead to the same folder, links and a slash at the end included; also where neither is there. */
export function isSamePlace(system: ReadSystem, a: string, b: string): boolean {
  return a === b || placeOf(system, a) === placeOf(system, b);
}

/** Where a path leads, links followed; the path itself, made plain, where nothing is there. */
export function placeOf(system: ReadSystem, path: string): string {
  return ifReachable(() => system.realPath(path)) ?? resolve(path);
}

/** The answer of `look`; undefined where it ends at a path that cannot be reached. Other errors are thrown. */
export function ifReachable<Answer>(look: () => Answer): Answer | undefined {
  try {
    return look();
  } catch (error) {
    if (hasErrno(error, ...NOT_REACHABLE)) return undefined;
    throw error;
  }
}

/** Follows what is there of the path and leaves the rest as it is named, so that a link in it cannot hide where it ends. */
export function realPathSoFar(system: ReadSystem, path: string): string {
  const parent = dirname(path);
  const real = ifReachable(() => system.realPath(path));
  return real ?? (parent === path ? path : join(realPathSoFar(system, parent), basename(path)));
}
