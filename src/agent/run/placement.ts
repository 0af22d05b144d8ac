import { AppError, hasErrno } from '../../shared/errors.ts';
import { makeFolders, removeTree } from '../files.ts';
import { bytesOf, displayPath, joinPath, parentOf, pathFromJson, pathToJson, textOrBytes } from '../paths.ts';
import type { FileStat, PathLike, ReadSystem, System } from '../system.ts';
import { isCopyOf } from './done-by-hand.ts';
import type { Json } from './journal.ts';

/**
 * One rename that puts a prepared file or folder into the new home. Where something is there already, that goes aside
 * first. Both are renames on one file system, so that at every moment each is wholly here or wholly there.
 */
export interface Placement {
  /** Relative to both the staging folder and the target; empty for the whole home. */
  readonly rel: PathLike;
  /** Signature of what is there now and has to go aside; undefined where the place is free. */
  readonly replaces?: string | undefined;
}

/** Absolute folders that a run's placements move between, all on one file system. */
export interface PlacementFolders {
  readonly staging: string;
  readonly target: string;
  readonly aside: string;
}

/** All renames of a step, and the times of the target's folders before them. */
export interface PlacementPlan {
  readonly placements: readonly Placement[];
  readonly folders: readonly { readonly path: PathLike; readonly mtimeNs: bigint }[];
}

/**
 * The fewest renames that bring everything from staging into the target: whole folders where the place is free.
 * @throws STEP_CONFLICT if the staging folder is gone: with nothing to place, nothing would be noticed
 */
export function planPlacements(system: System, folders: PlacementFolders): PlacementPlan {
  refuseLinks(system, folders);
  if (system.lstat(folders.staging) === undefined) throw preparedIsGone(folders.staging);
  const visit = (rel: PathLike): Placement[] => {
    const staged = system.lstat(at(folders.staging, rel));
    if (staged === undefined) return [];
    const there = system.lstat(at(folders.target, rel));
    if (there === undefined) return [{ rel }];
    if (staged.kind === 'folder' && there.kind === 'folder') {
      return system.readFolder(at(folders.staging, rel)).flatMap((entry) => visit(joinPath(rel, entry.name)));
    }
    return [{ rel, replaces: signature(there) }];
  };
  const placements = visit('');
  const parents = new Map(
    placements
      .filter(({ rel }) => rel.length > 0)
      .map(({ rel }) => {
        const path = parentOf(at(folders.target, rel));
        return [String(path), path];
      }),
  );
  const times = [...parents.values()].flatMap((path) => {
    const stat = system.lstat(path);
    return stat === undefined ? [] : [{ path, mtimeNs: stat.mtimeNs }];
  });
  return { placements, folders: times };
}

/**
 * Does a placement, or finishes one that was interrupted at any point. One that a person did by hand, by moving or by
 * copying what was prepared, is accepted where the copy is the same.
 * @throws TARGET_CHANGED if the place is not as it was planned, STEP_CONFLICT if what was prepared is gone
 */
export function place(system: System, folders: PlacementFolders, placement: Placement): void {
  refuseLinks(system, folders);
  const from = at(folders.staging, placement.rel);
  const to = at(folders.target, placement.rel);
  const aside = at(folders.aside, placement.rel);
  if (system.lstat(from) === undefined) {
    if (system.lstat(to) === undefined) throw preparedIsGone(to);
    // Renamed before a crash: whether that reached the disk is not known.
    system.syncFolder(parentOf(to));
    return;
  }
  const isAside = system.lstat(aside) !== undefined;
  const there = system.lstat(to);
  if (placement.replaces !== undefined && !isAside) {
    if (there === undefined || signature(there) !== placement.replaces) {
      throw new AppError('TARGET_CHANGED', { path: displayPath(to) });
    }
    makeFolders(system, parentOf(aside));
    system.rename(to, aside);
    system.syncFolder(parentOf(aside));
  } else if (there !== undefined) {
    if (!isCopyOf(system, to, from)) throw new AppError('TARGET_CHANGED', { path: displayPath(to) });
    removeTree(system, from);
    system.syncFolder(parentOf(to));
    return;
  }
  system.rename(from, to);
  system.syncFolder(parentOf(to));
}

function preparedIsGone(path: PathLike): AppError {
  return new AppError('STEP_CONFLICT', {
    path: displayPath(path),
    reason: 'what was prepared for it is gone',
  });
}

/** A link in the place of one of the run's folders would lead its renames elsewhere. */
function refuseLinks(system: System, { staging, aside }: PlacementFolders): void {
  for (const path of [staging, aside]) {
    if (system.lstat(path)?.kind === 'link')
      throw new AppError('STEP_CONFLICT', { path, reason: 'it is a link that somebody else made' });
  }
}

/**
 * Takes a placement back, from whatever point it had reached. What was placed returns to staging. What appeared in a
 * place whose old file is aside, before anything was placed there, is moved out of the way: gives its new path.
 * @throws STEP_CONFLICT where a folder of the run is a link
 */
export function takeBack(
  system: System,
  folders: PlacementFolders,
  placement: Placement,
): PathLike | undefined {
  refuseLinks(system, folders);
  const from = at(folders.staging, placement.rel);
  const to = at(folders.target, placement.rel);
  const aside = at(folders.aside, placement.rel);
  const isAside = system.lstat(aside) !== undefined;
  const isPrepared = system.lstat(from) !== undefined;
  let isTaken = system.lstat(to) !== undefined;
  if (!isPrepared && isTaken && (placement.replaces === undefined || isAside)) {
    makeFolders(system, parentOf(from));
    system.rename(to, from);
    system.syncFolder(parentOf(to));
    isTaken = false;
  }
  if (!isAside) return undefined;
  const moved = isTaken ? freePath(system, joinBytes(to, '.newer')) : undefined;
  if (moved !== undefined) system.rename(to, moved);
  makeFolders(system, parentOf(to));
  system.rename(aside, to);
  system.syncFolder(parentOf(to));
  return moved;
}

/** Where a run prepares the new home, and where its own records. */
export function placementFolders(
  target: string,
  run: string,
): { home: PlacementFolders; records: PlacementFolders } {
  const beside = (purpose: string) => siblingFolder(target, run, purpose);
  return {
    home: { staging: beside('staging'), target, aside: beside('aside') },
    records: { staging: beside('records'), target, aside: beside('records-aside') },
  };
}

/** Every folder that a run keeps beside the target while it works. */
export function workFolders(target: string, run: string): string[] {
  const { home, records } = placementFolders(target, run);
  return [home.staging, home.aside, records.staging, records.aside];
}

/** A sibling of the target for a run's own use: renames to and from it never cross a file system. */
export function siblingFolder(target: string, run: string, purpose: string): string {
  return `${target}.${run}.${purpose}`;
}

/** The path itself, or with `.2` and so on where something is there already. */
export function freePath(system: System, wanted: PathLike): PathLike {
  let path = wanted;
  for (let n = 2; system.lstat(path) !== undefined; n++) path = joinBytes(wanted, `.${n}`);
  return path;
}

function joinBytes(path: PathLike, suffix: string): PathLike {
  return textOrBytes(Buffer.concat([bytesOf(path), Buffer.from(suffix)]));
}

function at(folder: string, rel: PathLike): PathLike {
  return rel.length === 0 ? folder : joinPath(folder, rel);
}

/** Of a file that is to go aside: a change between planning and placing is noticed. */
function signature(stat: FileStat): string {
  return [stat.kind, stat.size, stat.mode, stat.mtimeNs, stat.ino, stat.dev].join(' ');
}

/**
 * Takes all placements back, the last one first, and gives the folders the times that they had. Gives the new paths of
 * what was in the way.
 */
export function takeAllBack(system: System, folders: PlacementFolders, plan: PlacementPlan): PathLike[] {
  const moved = [...plan.placements]
    .reverse()
    .flatMap((placement) => takeBack(system, folders, placement) ?? []);
  for (const { path, mtimeNs } of plan.folders) setTimeAgain(system, path, mtimeNs);
  return moved;
}

/** Only its owner may set the time of a folder; others, who may write in it, can take back everything but that. */
function setTimeAgain(system: System, path: PathLike, mtimeNs: bigint): void {
  const now = system.lstat(path)?.mtimeNs;
  if (now === undefined || now === mtimeNs) return;
  try {
    system.setTimes(path, mtimeNs);
  } catch (error) {
    if (!hasErrno(error, 'EPERM', 'EACCES')) throw error;
  }
}

/** What is left of a plan: where each prepared thing lies, where it goes, and where what it replaces goes first. */
export function leftToPlace(
  system: ReadSystem,
  folders: PlacementFolders,
  { placements }: PlacementPlan,
): { readonly from: PathLike; readonly to: PathLike; readonly aside: PathLike | undefined }[] {
  return placements.flatMap(({ rel, replaces }) => {
    const [from, to, aside] = [at(folders.staging, rel), at(folders.target, rel), at(folders.aside, rel)];
    if (system.lstat(from) === undefined) return [];
    const isToGo = replaces !== undefined && system.lstat(aside) === undefined;
    return [{ from, to, aside: isToGo ? aside : undefined }];
  });
}

/** The plan as the journal keeps it. */
export function planToJson({ placements, folders }: PlacementPlan): Json {
  return {
    placements: placements.map(({ rel, replaces }) => ({ rel: pathToJson(rel), replaces })),
    folders: folders.map(({ path, mtimeNs }) => ({ path: pathToJson(path), mtimeNs: String(mtimeNs) })),
  };
}

export function planFromJson(json: Json | undefined): PlacementPlan {
  const { placements, folders } = json as unknown as {
    placements: { rel: Json; replaces?: string }[];
    folders: { path: Json; mtimeNs: string }[];
  };
  return {
    placements: placements.map(({ rel, replaces }) => ({ rel: pathFromJson(rel), replaces })),
    folders: folders.map(({ path, mtimeNs }) => ({ path: pathFromJson(path), mtimeNs: BigInt(mtimeNs) })),
  };
}
