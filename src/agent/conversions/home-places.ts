import { displayPath, joinPath, textOrBytes } from '../paths.ts';
import { keyOf } from '../survey/inventory.ts';
import { ifReachable } from '../survey/reachable.ts';
import type { Target } from '../survey/target.ts';
import type { FileKind, PathLike } from '../system.ts';

/** Where a file goes in the new home. */
export interface HomePlace {
  readonly to: PathLike;
  /** The same bytes lie there already. */
  readonly isThere: boolean;
  /** Something of the person's own has the name that the file would have had. */
  readonly isMoved: boolean;
}

/** Compares with a file of the home, whose absolute path is given; throws where that cannot be read. */
export type SameBytes = (there: PathLike) => boolean;

/**
 * Gives files of the clone their places. What the home has already wins (formats.md §4): nothing of it is replaced, and
 * a file whose name is taken gets `NAME.from-clone.EXT`. The same files get the same places every time, so that a second
 * migration finds them there.
 */
export class HomePlaces {
  readonly #home: string;
  readonly #entries: ReadonlyMap<string, FileKind>;
  /** What cannot be read, or lies on another file system: no name of ours leads there. */
  readonly #closed: ReadonlySet<string>;
  /** Places that were given before, and the folders that lead to them. */
  readonly #given = new Set<string>();
  readonly #folders = new Set<string>();

  constructor({ path, entries, unreadable, notCrossed }: Target) {
    this.#home = path;
    this.#entries = new Map(entries.map(({ rel, kind }) => [keyOf(rel), kind]));
    const closed = new Set(unreadable.map(({ rel }) => rel));
    this.#closed = new Set([
      ...[...closed].map(keyOf),
      ...entries.filter(({ rel }) => closed.has(displayPath(rel))).map(({ rel }) => keyOf(rel)),
      ...notCrossed.map(keyOf),
    ]);
  }

  /** A place at `wanted` or as near to it as possible; nobody else gets the same one. */
  give(wanted: PathLike, isSame: SameBytes): HomePlace {
    const names = keyOf(wanted).split('/');
    const file = names.pop() as string;
    let folder = '';
    for (const name of names) {
      folder = this.#firstFree(folder, name, (path) => this.#leads(path));
      this.#folders.add(folder);
    }
    let isThere = false;
    const to = this.#firstFree(folder, file, (path) => {
      if (this.#given.has(path) || this.#folders.has(path)) return false;
      isThere = this.#holds(path, isSame);
      return isThere || !(this.#entries.has(path) || this.#closed.has(path));
    });
    this.#given.add(to);
    return { to: pathOf(to), isThere, isMoved: to !== keyOf(wanted) && !this.#isOurs(keyOf(wanted)) };
  }

  #firstFree(folder: string, name: string, fits: (path: string) => boolean): string {
    const at = (one: string) => (folder === '' ? one : `${folder}/${one}`);
    const isOurs = this.#isOurs(at(name));
    for (let n = 1; ; n++) {
      const path = at(n === 1 ? name : isOurs ? `${name}-${n}` : fromClone(name, n - 1));
      if (fits(path)) return path;
    }
  }

  /** Taken by another file of the clone, not by the person's own in the home. */
  #isOurs(path: string): boolean {
    return this.#given.has(path) || this.#folders.has(path);
  }

  /** True where a folder is, or can be made. */
  #leads(path: string): boolean {
    if (this.#given.has(path) || this.#closed.has(path)) return false;
    return (this.#entries.get(path) ?? 'folder') === 'folder';
  }

  #holds(path: string, isSame: SameBytes): boolean {
    if (this.#entries.get(path) !== 'file' || this.#closed.has(path)) return false;
    return ifReachable(() => isSame(joinPath(this.#home, pathOf(path)))) === true;
  }
}

/** `notes.from-clone.md`, then `notes.from-clone-2.md`. */
function fromClone(name: string, n: number): string {
  const dot = name.lastIndexOf('.');
  const cut = dot > 0 ? dot : name.length;
  return `${name.slice(0, cut)}.from-clone${n === 1 ? '' : `-${n}`}${name.slice(cut)}`;
}

function pathOf(key: string): PathLike {
  return textOrBytes(Buffer.from(key, 'latin1'));
}
