import { join, resolve } from 'node:path';
import { AppError, hasErrno } from '../../shared/errors.ts';
import { displayPath, shortPath } from '../paths.ts';
import type { ReadSystem } from '../system.ts';
import { layoutsIn } from './layouts.ts';
import { statIfReachable } from './reachable.ts';

/** Folders below the home folder, besides itself, in which people keep their clones. One level below each is looked at. */
export const USUAL_PARENTS: readonly string[] = [
  '',
  'src',
  'code',
  'projects',
  'repos',
  'git',
  'dev',
  'work',
  'workspace',
  'Documents',
  'opt',
];

/**
 * The absolute path, without links, of the installation to work on.
 * @throws SOURCE_NOT_FOUND, NOT_AN_INSTALLATION, NO_PERMISSION; without `given` also NO_INSTALLATION and SEVERAL_INSTALLATIONS.
 */
export function locateSource(system: ReadSystem, given: string | undefined, verb: string): string {
  if (given !== undefined) return checkSource(system, given);
  const found = usualInstallations(system);
  if (found.length > 1) {
    throw new AppError('SEVERAL_INSTALLATIONS', {
      paths: found.map((path) => shortPath(path, system.home)).join(', '),
      verb,
    });
  }
  const only = found[0];
  if (only === undefined) throw new AppError('NO_INSTALLATION', { verb });
  return only;
}

/** Installations in the usual places, absolute and without links, sorted. */
export function usualInstallations(system: ReadSystem): string[] {
  const found = new Set<string>();
  for (const parent of USUAL_PARENTS) {
    const folder = join(system.home, parent);
    for (const name of folderNames(system, folder)) {
      if (name.startsWith('.agent-workflow')) continue;
      const candidate = join(folder, name);
      if (looksLikeClone(system, candidate)) found.add(system.realPath(candidate));
    }
  }
  return [...found].sort();
}

function checkSource(system: ReadSystem, given: string): string {
  const absolute = resolve(system.cwd, given);
  const stat = statOf(system, absolute, given);
  if (stat === undefined) throw new AppError('SOURCE_NOT_FOUND', { path: given });
  if (stat.kind !== 'folder')
    throw new AppError('NOT_AN_INSTALLATION', { path: given, reason: 'it is not a folder' });
  if (!system.canRead(absolute)) throw new AppError('NO_PERMISSION', { path: given });
  const source = system.realPath(absolute);
  if (layoutsIn(system, source).length === 0) {
    throw new AppError('NOT_AN_INSTALLATION', {
      path: given,
      reason: 'none of the files that mark one is there',
    });
  }
  return source;
}

/** Undefined also for a path that no folder can have, such as one with a zero byte. */
function statOf(system: ReadSystem, absolute: string, given: string) {
  try {
    return system.stat(absolute);
  } catch (error) {
    if (hasErrno(error, 'EACCES', 'EPERM')) throw new AppError('NO_PERMISSION', { path: given });
    return statIfReachable(system, absolute);
  }
}

/** Guessing needs more than one mark: a folder with settings of an installation that is also a clone or holds the code. */
export function looksLikeClone(system: ReadSystem, folder: string): boolean {
  if (layoutsIn(system, folder).length === 0) return false;
  return ['.git', 'lib', 'scripts', 'agent_workflow'].some(
    (name) => statIfReachable(system, join(folder, name)) !== undefined,
  );
}

function folderNames(system: ReadSystem, folder: string): string[] {
  if (statIfReachable(system, folder)?.kind !== 'folder' || !system.canRead(folder)) return [];
  return system
    .readFolder(folder)
    .filter((entry) => (entry.kind === 'folder' || entry.kind === 'link') && typeof entry.name === 'string')
    .map((entry) => displayPath(entry.name));
}
