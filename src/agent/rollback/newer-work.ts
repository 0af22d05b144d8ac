import { join } from 'node:path';
import { walk } from '../backup/walk.ts';
import { writeFileAtomic } from '../files.ts';
import { displayPath } from '../paths.ts';
import { readJson } from '../run/read-json.ts';
import type { ReadSystem, System } from '../system.ts';

/**
 * What a run left behind is remembered as sizes and times, so that a later rollback can tell the person's newer work
 * from the run's own files.
 */
const FILE = 'after.json';

export function rememberAfter(system: System, runFolder: string, target: string): void {
  const files = walk(system, target)
    .entries.filter(({ kind }) => kind !== 'folder')
    .map(({ rel, stat }) => [displayPath(rel), `${stat.size} ${stat.mtimeNs}`]);
  writeFileAtomic(system, join(runFolder, FILE), `${JSON.stringify(Object.fromEntries(files))}\n`);
}

/** Files that were written for the same run after its end, by their paths in the target. */
export function rememberAlso(
  system: System,
  runFolder: string,
  target: string,
  rels: readonly string[],
): void {
  const path = join(runFolder, FILE);
  if (system.lstat(path) === undefined) return;
  const after = readJson(system, path) as Record<string, string>;
  for (const rel of rels) {
    const stat = system.lstat(join(target, rel));
    if (stat !== undefined) after[rel] = `${stat.size} ${stat.mtimeNs}`;
  }
  writeFileAtomic(system, path, `${JSON.stringify(after)}\n`);
}

/** Files of the target that were added or changed since that run; undefined if nothing is known of it. */
export function newerWork(system: ReadSystem, runFolder: string, target: string): string[] | undefined {
  const path = join(runFolder, FILE);
  if (system.lstat(path) === undefined || system.lstat(target) === undefined) return undefined;
  const after = readJson(system, path) as Record<string, string>;
  return walk(system, target)
    .entries.filter(({ kind }) => kind !== 'folder')
    .filter(({ rel, stat }) => after[displayPath(rel)] !== `${stat.size} ${stat.mtimeNs}`)
    .map(({ rel }) => displayPath(rel));
}
