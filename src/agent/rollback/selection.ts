import { basename, dirname } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { BackupRoot } from '../backup/format.ts';

/**
 * What of a backup is restored:
 * - `full`: the configuration home as a whole, but for what the person wants to `keep` as it is now, by its path in there.
 * - `config_only`: `config.yaml` alone; secrets, projects and files stay as they are now.
 * - `selective`: what is named. A `category:` of the home, the state of a `project:` (which no full rollback touches,
 *   since no migration writes it), or a file or folder of the home by its path in there.
 */
export type Selection =
  | { readonly type: 'full'; readonly keep?: readonly string[] }
  | { readonly type: 'config_only' }
  | { readonly type: 'selective'; readonly only: readonly string[] };

export const FULL: Selection = { type: 'full' };
export const ROLLBACK_TYPES = ['full', 'config_only', 'selective'] as const;

const PROJECT = 'project:';
const CATEGORY = 'category:';

/** By the path in the home; the first that fits. */
const CATEGORIES: readonly (readonly [name: string, fits: (path: string) => boolean])[] = [
  ['config', (path) => path === 'config.yaml'],
  ['credentials', (path) => /^credentials\.(enc|key)$/.test(path)],
  ['projects', (path) => path === 'projects' || path.startsWith('projects/')],
  ['state', (path) => path === 'global' || path.startsWith('global/')],
  ['logs', (path) => path === 'logs' || path.startsWith('logs/')],
  ['custom', () => true],
];

/** @throws ROLLBACK_SELECTION for names that are unknown, or a choice that is missing */
export function selectionFrom(
  type: string,
  only: readonly string[],
  keep: readonly string[] = [],
): Selection {
  if (keep.length > 0 && type !== 'full') throw wrong(`--keep needs --type full, not ${type}`);
  const stray = keep.find((one) => one === '' || one === '.' || one.split('/').includes('..'));
  if (stray !== undefined) throw wrong(`"${stray}" is no path in the configuration home`);
  if (type === 'full' || type === 'config_only') {
    if (only.length > 0) throw wrong(`--only needs --type selective, not ${type}`);
    return type === 'full' && keep.length > 0 ? { type, keep: [...new Set(keep)] } : { type };
  }
  if (type !== 'selective')
    throw wrong(`there is no type "${type}"; there are: ${ROLLBACK_TYPES.join(', ')}`);
  if (only.length === 0) throw wrong('--type selective needs at least one --only');
  const names = CATEGORIES.map(([name]) => name);
  const unknown = only.find((one) => one.startsWith(CATEGORY) && !names.includes(one.slice(CATEGORY.length)));
  if (unknown !== undefined) throw wrong(`there is no ${unknown}; there are: ${names.join(', ')}`);
  const outside = only.find((one) => !isName(one) && (one === '' || one.split('/').includes('..')));
  if (outside !== undefined) throw wrong(`"${outside}" is no path in the configuration home`);
  return { type, only: [...new Set(only)] };
}

/** Whether an entry of the home is restored; `key` is its path there, its bytes as latin1. */
export function coverOf(selection: Selection): (key: string) => boolean {
  if (selection.type === 'full') {
    const kept = new Set((selection.keep ?? []).map(pathKeyOf));
    // The folders above stay where they are with what is kept in them.
    const above = new Set([...kept].flatMap(foldersAbove));
    return (key) => (key === '' ? kept.size === 0 : !above.has(key) && !isAtOrBelowAny(key, kept));
  }
  if (selection.type === 'config_only') return (key) => key === 'config.yaml';
  const categories = new Set(
    selection.only.filter((one) => one.startsWith(CATEGORY)).map((one) => one.slice(CATEGORY.length)),
  );
  const paths = selection.only.filter((one) => !isName(one)).map(pathKeyOf);
  return (key) =>
    key !== '' &&
    (paths.some((path) => isAtOrBelow(key, path)) ||
      categories.has(CATEGORIES.find(([, fits]) => fits(key))?.[0] ?? ''));
}

/** Paths that were named and must be found, in the backup or now. */
export function namedPaths(selection: Selection): readonly string[] {
  if (selection.type === 'full') return selection.keep ?? [];
  return selection.type === 'selective' ? selection.only.filter((one) => !isName(one)) : [];
}

/**
 * The projects whose state is restored: by the name of their folder, their path, or their id in the backup.
 * @throws ROLLBACK_SELECTION for one that the backup does not hold, or a name that two of them have
 */
export function chosenProjects(selection: Selection, roots: readonly BackupRoot[]): BackupRoot[] {
  if (selection.type !== 'selective') return [];
  const projects = roots.filter(({ id }) => id.startsWith('project-'));
  const names = selection.only
    .filter((one) => one.startsWith(PROJECT))
    .map((one) => one.slice(PROJECT.length));
  const chosen = names.map((name) => {
    const found = projects.filter(({ id, path }) =>
      [id, path, dirname(path), basename(dirname(path))].includes(name),
    );
    if (found.length > 1)
      throw wrong(
        `${found.length} projects are called "${name}"; name the folder: ${dirname(found[0]?.path ?? '')}`,
      );
    if (found[0] === undefined)
      throw wrong(
        `the backup holds no project "${name}"; it holds: ${projects.map(({ path }) => basename(dirname(path))).join(', ') || 'none'}`,
      );
    return found[0];
  });
  return [...new Set(chosen)];
}

function isAtOrBelowAny(key: string, paths: ReadonlySet<string>): boolean {
  return paths.has(key) || foldersAbove(key).some((one) => paths.has(one));
}

function foldersAbove(key: string): string[] {
  return key.split('/').flatMap((_, at, parts) => (at === 0 ? [] : [parts.slice(0, at).join('/')]));
}

function isAtOrBelow(key: string, path: string): boolean {
  return key === path || key.startsWith(`${path}/`);
}

function isName(one: string): boolean {
  return one.startsWith(CATEGORY) || one.startsWith(PROJECT);
}

function pathKeyOf(path: string): string {
  return Buffer.from(path.replace(/\/+$/, '')).toString('latin1');
}

export function wrong(problem: string): AppError {
  return new AppError('ROLLBACK_SELECTION', { problem });
}
