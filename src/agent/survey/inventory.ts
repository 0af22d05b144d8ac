import { basename } from 'node:path';
import { walk } from '../backup/walk.ts';
import { bytesOf, displayPath, joinPath } from '../paths.ts';
import type { FileStat, PathLike, ReadSystem } from '../system.ts';
import type { GitFacts } from './git.ts';
import { classify, isRegenerableName, type OwnFile } from './own-file.ts';
import { ifReachable } from './reachable.ts';
import { isShippedSettings } from './settings-files.ts';

/** Everything in the clone that is not upstream's unchanged code. */
export interface Inventory {
  readonly files: readonly OwnFile[];
  /** Folders that hold own files, parents first: their modes and times belong to a backup. */
  readonly folders: readonly { rel: PathLike; stat: FileStat }[];
  readonly unreadable: readonly { rel: PathLike; reason: string }[];
  /** Mount points below the clone, not looked into. */
  readonly notCrossed: readonly PathLike[];
}

/**
 * Walks the clone once. Without `git` nobody can tell upstream's files from the person's, so all count as own; files
 * below upstream's code folders are then classified as edited.
 */
export function takeInventory(system: ReadSystem, clone: string, git: GitFacts | undefined): Inventory {
  const changed = new Set(git?.changed.map((entry) => keyOf(entry.rel)));
  const added = new Set(
    git?.changed.filter(({ change }) => change === 'added').map((entry) => keyOf(entry.rel)),
  );
  const displays = new Set<string>();
  const regenerable: OwnFile[] = [];
  const skip = (rel: PathLike, kind: string): boolean => {
    if (displayPath(rel) === '.git') return true;
    if (kind !== 'folder' || !isRegenerable(system, clone, rel)) return false;
    const stat = system.lstat(joinPath(clone, rel));
    if (stat !== undefined) {
      const display = `${displayPath(rel)}/`;
      regenerable.push({
        rel,
        display,
        kind: 'regenerable',
        fileKind: 'folder',
        stat,
        category: 'custom',
        secret: false,
        shipped: false,
      });
    }
    return true;
  };
  const { entries, unreadable, notCrossed } = walk(system, clone, { skip });
  const files: OwnFile[] = [];
  const folders: { rel: PathLike; stat: FileStat }[] = [];
  for (const { rel, stat, kind: fileKind } of entries) {
    if (fileKind === 'folder') {
      folders.push({ rel, stat });
      continue;
    }
    const key = keyOf(rel);
    const tracked =
      git === undefined ? isCodePath(displayPath(rel)) : git.tracked.has(key) && !added.has(key);
    const classified = classify(rel, fileKind, tracked);
    const shipped = git !== undefined && tracked && !changed.has(key) && mayShip(rel, classified.kind);
    const display = uniqueDisplay(rel, displays);
    const file = { rel, display, fileKind, stat, shipped, ...classified };
    if (!shipped || file.kind === 'settings') files.push(file);
  }
  const all = [...files, ...regenerable];
  return { files: all, folders: foldersOf(all, folders), unreadable, notCrossed };
}

/** Byte-safe key of a path, the form of `GitFacts.tracked`. */
export function keyOf(rel: PathLike): string {
  return bytesOf(rel).toString('latin1');
}

/** Upstream's list of files has neither env files nor stores nor most settings: what is committed there is the person's. */
function mayShip(rel: PathLike, kind: OwnFile['kind']): boolean {
  if (kind === 'settings') return isShippedSettings(displayPath(rel));
  return kind !== 'env' && kind !== 'store';
}

/** Bytes that are not UTF-8 are shown as `\xNN`, which can be another file's real name. */
function uniqueDisplay(rel: PathLike, taken: Set<string>): string {
  const wanted = displayPath(rel);
  let display = wanted;
  for (let n = 2; typeof rel !== 'string' && taken.has(display); n++) display = `${wanted} (${n})`;
  taken.add(display);
  return display;
}

function isRegenerable(system: ReadSystem, clone: string, rel: PathLike): boolean {
  const path = displayPath(rel);
  return (
    isRegenerableName(basename(path)) ||
    ifReachable(() => system.lstat(joinPath(joinPath(clone, rel), 'pyvenv.cfg'))) !== undefined
  );
}

function foldersOf(files: readonly OwnFile[], folders: readonly { rel: PathLike; stat: FileStat }[]) {
  const parents = new Set<string>();
  for (const file of files) {
    if (file.kind === 'regenerable') continue;
    let key = keyOf(file.rel);
    for (let cut = key.lastIndexOf('/'); cut > 0; cut = key.lastIndexOf('/')) {
      key = key.slice(0, cut);
      if (parents.has(key)) break;
      parents.add(key);
    }
  }
  return folders.filter(({ rel }) => parents.has(keyOf(rel)));
}

/** Folders of upstream's code, used only where git cannot say. */
function isCodePath(path: string): boolean {
  return /^(lib|scripts|tools|tests|docs_src|docs|agent_workflow|overrides|\.github|\.claude)\//.test(path);
}
