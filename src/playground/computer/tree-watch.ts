import { readTree, type Tree } from './read-tree.ts';

/** Milliseconds between two looks. Looking beats being told: folders come and go as a whole while the agent works. */
const LOOK_MS = 300;

export interface WatchedTree extends Tree {
  /** Nothing was written since the watch began. */
  readonly isAsAtStart: boolean;
}

/** Looks at a folder again and again as long as somebody listens. */
export class TreeWatch {
  readonly folder: string;
  readonly #start: string;
  readonly #listeners = new Set<(tree: WatchedTree) => void>();
  #last: string | undefined;
  #timer: NodeJS.Timeout | undefined;

  private constructor(folder: string, start: Tree) {
    this.folder = folder;
    this.#start = start.fingerprint;
  }

  static async begin(folder: string): Promise<TreeWatch> {
    return new TreeWatch(folder, await readTree(folder));
  }

  async now(): Promise<WatchedTree> {
    const tree = await readTree(this.folder);
    return { ...tree, isAsAtStart: tree.fingerprint === this.#start };
  }

  /** Calls `listener` after every change. Returns how to stop. */
  on(_event: 'change', listener: (tree: WatchedTree) => void): () => void {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) this.#plan();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) clearTimeout(this.#timer);
    };
  }

  #plan(): void {
    this.#timer = setTimeout(() => void this.#look(), LOOK_MS).unref();
  }

  async #look(): Promise<void> {
    const tree = await this.now();
    const isNew = tree.fingerprint !== (this.#last ?? this.#start);
    this.#last = tree.fingerprint;
    if (isNew) for (const listener of [...this.#listeners]) listener(tree);
    if (this.#listeners.size > 0) this.#plan();
  }
}
