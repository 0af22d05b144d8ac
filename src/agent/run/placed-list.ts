import { join } from 'node:path';
import { type WalkEntry, walk } from '../backup/walk.ts';
import { writeFileAtomic } from '../files.ts';
import { joinPath } from '../paths.ts';
import { keyOf } from '../survey/inventory.ts';
import type { FileStat, PathLike, ReadSystem, System } from '../system.ts';
import type { Placement, PlacementFolders } from './placement.ts';
import { readJson } from './read-json.ts';

/**
 * What a step puts into the home, entry by entry, kept in the run's folder. Whatever is not as this list says was added
 * or changed by somebody else, whatever its times are: it is never deleted.
 *
 * The list is written before the first rename, so that there is no moment without it. A rename moves the change time of
 * what is renamed, but not of what lies in it: those few are added when everything is in its place.
 */
export type PlacedList = ReadonlyMap<string, Line>;

interface Line {
  /** All that a rename leaves as it is. */
  readonly signature: string;
  /** Undefined while it is not known. */
  readonly ctime: string | undefined;
}

/** Before the first rename, from what is prepared. */
export function listPrepared(
  system: System,
  runFolder: string,
  step: string,
  folders: PlacementFolders,
  placements: readonly Placement[],
): void {
  const renamed = keysOf(placements);
  const lines = walk(system, folders.staging).entries.map(({ rel, stat }): [string, Line] => {
    const key = keyOf(rel);
    return [key, { signature: signature(stat), ctime: renamed.has(key) ? undefined : String(stat.ctimeNs) }];
  });
  writeList(system, runFolder, step, new Map(lines));
}

/** After the last rename. What was changed since the list was made stays unlisted. */
export function listPlaced(
  system: System,
  runFolder: string,
  step: string,
  folders: PlacementFolders,
  placements: readonly Placement[],
): void {
  const list = new Map(readPlacedList(system, runFolder, step) ?? []);
  const open = placements.filter(({ rel }) => list.has(keyOf(rel)));
  for (const { rel } of open) {
    const line = list.get(keyOf(rel));
    const stat = system.lstat(joinPath(folders.target, rel));
    if (line === undefined || stat === undefined || line.ctime !== undefined) continue;
    if (signature(stat) === line.signature) list.set(keyOf(rel), { ...line, ctime: String(stat.ctimeNs) });
  }
  if (open.length > 0) writeList(system, runFolder, step, list);
}

/** Undefined where the step never came to writing one, or somebody removed it. */
export function readPlacedList(system: ReadSystem, runFolder: string, step: string): PlacedList | undefined {
  const path = fileOf(runFolder, step);
  if (system.lstat(path) === undefined) return undefined;
  return new Map(readJson(system, path) as [string, Line][]);
}

/**
 * How many entries of the home, at and below what was placed, are not as they were placed. Without a list: all but
 * folders.
 */
export function newerInHome(
  system: ReadSystem,
  list: PlacedList | undefined,
  folders: PlacementFolders,
  placements: readonly Placement[],
): number {
  const placed = placements.filter(
    ({ rel }) =>
      system.lstat(at(folders.staging, rel)) === undefined &&
      system.lstat(at(folders.target, rel)) !== undefined,
  );
  if (placed.length === 0) return 0;
  const tops = keysOf(placed);
  return newer(system, list, folders.target, (key) => isAtOrBelow(key, tops), new Set());
}

/** The same for what came back from the home, or never went there. */
export function newerInStaging(
  system: ReadSystem,
  list: PlacedList | undefined,
  folders: PlacementFolders,
  placements: readonly Placement[],
): number {
  return newer(system, list, folders.staging, () => true, keysOf(placements));
}

function newer(
  system: ReadSystem,
  list: PlacedList | undefined,
  root: string,
  counts: (key: string) => boolean,
  renamed: ReadonlySet<string>,
): number {
  if (system.lstat(root)?.kind !== 'folder') return 1;
  const { entries, unreadable, notCrossed } = walk(system, root);
  const isListed = ({ rel, stat }: WalkEntry) => {
    if (list === undefined) return stat.kind === 'folder';
    const line = list.get(keyOf(rel));
    if (line?.signature !== signature(stat)) return false;
    const isSettled = stat.kind === 'folder' || line.ctime === undefined || renamed.has(keyOf(rel));
    return isSettled || line.ctime === String(stat.ctimeNs);
  };
  const files = new Set(entries.filter(({ kind }) => kind === 'file').map(({ rel }) => keyOf(rel)));
  // Nobody knows what a closed folder or another file system holds.
  const unknown = [...unreadable.map(({ rel }) => rel), ...notCrossed].map(keyOf);
  return (
    entries.filter((entry) => counts(keyOf(entry.rel)) && !isListed(entry)).length +
    unknown.filter((key) => counts(key) && !files.has(key)).length
  );
}

/** A folder's size and times follow from what it holds, which is listed itself. */
function signature({ kind, size, mode, mtimeNs, ino }: FileStat): string {
  return kind === 'folder' ? kind : `${kind} ${size} ${mode} ${mtimeNs} ${ino}`;
}

function keysOf(placements: readonly Placement[]): Set<string> {
  return new Set(placements.map(({ rel }) => keyOf(rel)));
}

function isAtOrBelow(key: string, tops: ReadonlySet<string>): boolean {
  if (tops.has('')) return true;
  for (let cut = key.length; cut > 0; cut = key.lastIndexOf('/', cut - 1)) {
    if (tops.has(key.slice(0, cut))) return true;
  }
  return false;
}

function at(folder: string, rel: PathLike): PathLike {
  return rel.length === 0 ? folder : joinPath(folder, rel);
}

function writeList(system: System, runFolder: string, step: string, list: PlacedList): void {
  writeFileAtomic(system, fileOf(runFolder, step), `${JSON.stringify([...list])}\n`);
}

function fileOf(runFolder: string, step: string): string {
  return join(runFolder, `${step}.json`);
}
