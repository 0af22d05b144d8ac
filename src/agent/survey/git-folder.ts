import { resolve } from 'node:path';
import { hasErrno } from '../../shared/errors.ts';
import type { ReadSystem } from '../system.ts';

/**
 * Where git keeps what belongs to a work tree. The two differ only for a linked work tree (`git worktree add`).
 * Source: gitrepository-layout(5).
 */
export interface GitFolder {
  /** Holds `HEAD`, `index` and this work tree's reflog. */
  readonly own: string;
  /** Holds `objects`, `refs`, `packed-refs`, `config` and `shallow`. */
  readonly common: string;
}

/**
 * The git folder of a work tree's top folder, or undefined if it is none. A `.git` file (`gitdir: …`) is followed;
 * parents are not searched, since an installation is a clone's top folder. Throws errno errors other than "missing".
 */
export function findGitFolder(system: ReadSystem, clone: string): GitFolder | undefined {
  const dotGit = resolve(clone, '.git');
  const kind = system.stat(dotGit)?.kind;
  let own = dotGit;
  if (kind === 'file') {
    const target = /^gitdir: (.+?)\r?\n?$/s.exec(system.readFile(dotGit, 64 << 10).toString('utf8'));
    if (!target) return undefined;
    own = resolve(clone, target[1] as string);
  } else if (kind !== 'folder') {
    return undefined;
  }
  const commonName = readIfThere(system, `${own}/commondir`)?.toString('utf8').trim();
  const common = commonName === undefined ? own : resolve(own, commonName);
  const isRepository =
    system.lstat(`${own}/HEAD`) !== undefined && system.stat(`${common}/objects`)?.kind === 'folder';
  return isRepository ? { own, common } : undefined;
}

/** Bytes of a regular file of a git folder (at most `maxBytes`), or undefined where there is none. */
export function readIfThere(system: ReadSystem, path: string, maxBytes = 64 << 20): Buffer | undefined {
  try {
    return system.lstat(path)?.kind === 'file' ? system.readFile(path, maxBytes) : undefined;
  } catch (error) {
    if (hasErrno(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}

/** ISO time of the first entry of HEAD's reflog: when this clone was made or first used; undefined if there is none. */
export function firstReflogTime(system: ReadSystem, folder: GitFolder): string | undefined {
  const path = `${folder.own}/logs/HEAD`;
  if (system.lstat(path)?.kind !== 'file') return undefined;
  const start = Buffer.alloc(4096);
  const fd = system.openRead(path);
  try {
    const length = system.read(fd, start, 0, start.length, 0);
    const line = start.toString('utf8', 0, length).split('\n', 1)[0] as string;
    const seconds = Number(/> (\d{1,12}) [+-]\d{4}(?:\t|$)/.exec(line)?.[1] ?? Number.NaN);
    return Number.isFinite(seconds) && seconds < 8.64e12 ? new Date(seconds * 1000).toISOString() : undefined;
  } finally {
    system.close(fd);
  }
}
