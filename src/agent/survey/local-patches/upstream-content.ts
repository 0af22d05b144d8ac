import type { GitFacts } from '../git.ts';
import { readTreeList, type TreeChange, trackedKey } from '../git-bytes.ts';
import type { GitScratch } from '../git-scratch.ts';

/** What upstream has, as this clone last saw it. */
export class UpstreamContent {
  readonly #git: GitScratch;
  readonly #tip: string;
  readonly #files: ReadonlyMap<string, string>;
  /** Commits whose patch upstream has, too. */
  readonly #same: ReadonlySet<string>;
  #differing: ReadonlySet<string> | undefined;

  constructor(git: GitScratch, tip: string, { head, base }: Pick<GitFacts, 'head' | 'base'>) {
    this.#git = git;
    this.#tip = tip;
    const tree = readTreeList(git.run(['ls-tree', '-r', '-z', '--full-tree', tip]));
    this.#files = new Map(tree.map(({ name, mode, id }) => [trackedKey(name), `${mode} ${id}`]));
    // Where an object is missing (a partial clone), git cannot compare: then nothing counts as the same.
    const cherry = head === undefined || head === base ? undefined : git.tryRun(['cherry', tip, head, base]);
    this.#same = new Set(
      (cherry?.toString('latin1').split('\n') ?? []).flatMap((line) =>
        line.startsWith('- ') ? [line.slice(2)] : [],
      ),
    );
  }

  hasPatchOf(commit: string): boolean {
    return this.#same.has(commit);
  }

  /** True when every file of these changes is in upstream as the changes left it. */
  has(changes: readonly TreeChange[]): boolean {
    return changes.every(({ rel, status, newMode, newId }) => {
      const there = this.#files.get(trackedKey(rel));
      return status === 'D' ? there === undefined : there === `${newMode} ${newId}`;
    });
  }

  /** True when upstream's file has the bytes that the work tree has. */
  hasWorkTree(rel: TreeChange['rel']): boolean {
    this.#differing ??= new Set(
      this.#git
        .run([
          'diff',
          '--no-ext-diff',
          '--no-textconv',
          '--no-renames',
          '--ignore-submodules=all',
          '--name-only',
          '-z',
          this.#tip,
        ])
        .toString('latin1')
        .split('\0'),
    );
    return !this.#differing.has(trackedKey(rel));
  }
}
