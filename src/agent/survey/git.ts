import { AppError, hasErrno } from '../../shared/errors.ts';
import { bytesOf, displayPath } from '../paths.ts';
import type { FileKind, PathLike, ReadSystem } from '../system.ts';
import {
  globFor,
  type IndexEntry,
  indexInput,
  patchPartsOf,
  type RawChange,
  readIndexList,
  readRawDiff,
  readTreeList,
  trackedKey,
} from './git-bytes.ts';
import { findGitFolder, firstReflogTime, type GitFolder } from './git-folder.ts';
import { type HistoryJudge, type HistoryLimits, type HistorySearch, searchHistory } from './git-history.ts';
import { CLONE_INDEX, failureReason, GitFailure, GitMissing, GitScratch } from './git-scratch.ts';

/**
 * Reads what git knows of a clone. Rules:
 *
 * - Not a byte of the clone changes and nothing that it names is run (`git-scratch.ts`).
 * - Every tracked file is compared by its content: git's memory of times and sizes is not trusted, nor its marks to look
 *   away from a file (`--assume-unchanged`, `--skip-worktree`), since people hide their edited settings that way.
 * - A file counts as deleted only if it is not on the disk: one that git was told to forget is still the person's.
 * - Submodules are left out: reading one would obey its configuration.
 */
export interface GitFacts {
  /** Full id of the commit, or undefined before the first one. */
  readonly head: string | undefined;
  /** Without `refs/heads/`; undefined when HEAD is detached. */
  readonly branch: string | undefined;
  /** `git describe --tags`: the nearest tag, and how far it is; undefined without a tag. */
  readonly describe: string | undefined;
  /**
   * The commit that own work is compared with: where the branch left its origin (HEAD, main or master of the remote
   * whose URL is the public project's, else of `origin`), else HEAD itself; before the first commit the empty tree.
   */
  readonly base: string;
  /** The branch of the remote that `base` was found by, as this clone last saw it; undefined where it knows none. */
  readonly upstream: { readonly name: string; readonly tip: string } | undefined;
  /** Commits on top of `base`. */
  readonly ownCommits: number;
  /** Every file of the index, as `trackedKey` writes it. */
  readonly tracked: ReadonlySet<string>;
  /** Work tree against `base`: own commits and what is not committed, without untracked files. Sorted by bytes. */
  readonly changed: readonly GitChange[];
  /** ISO time of HEAD's first reflog entry. */
  readonly firstSeen: string | undefined;
  /** The URL of `origin`, without credentials. */
  readonly remote: string | undefined;
}

export interface GitChange {
  /** Path in the clone, `/` between folders. */
  readonly rel: PathLike;
  readonly change: 'modified' | 'added' | 'deleted' | 'type-changed';
}

export type GitReading =
  | {
      readonly state: 'read';
      readonly facts: GitFacts;
      /**
       * A patch of one file from `base` to the work tree that `git apply` takes; empty if it did not change. Throws
       * SOURCE_UNREADABLE where the file cannot be read or is no file (a FIFO in its place).
       */
      patchOf(rel: PathLike): Buffer;
      /** Work tree against the last commit; the same as `facts.changed` where nothing was committed on top of `base`. */
      uncommitted(): readonly GitChange[];
      /** A patch of one file from the last commit to the work tree. Throws as `patchOf`. */
      uncommittedPatchOf(rel: PathLike): Buffer;
      /** Asks git for more, through the same scratch folder. */
      ask<Answer>(question: (git: GitScratch) => Answer): Answer;
      /** Secrets in the person's own commits. */
      searchHistory(judge: HistoryJudge, limits?: HistoryLimits): HistorySearch;
      /** Removes the scratch folder; nothing more can be asked after it. */
      close(): void;
    }
  | { readonly state: 'not-a-repository' }
  | { readonly state: 'git-missing' }
  | { readonly state: 'unreadable'; readonly reason: string };

const EMPTY_TREE = {
  sha1: '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
  sha256: '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321',
} as const;

const DIFF = [
  'diff',
  '--no-ext-diff',
  '--no-textconv',
  '--no-color',
  '--no-renames',
  '--ignore-submodules=all',
];
const PATCH = [...DIFF, '--binary', '--full-index', '--src-prefix=a/', '--dst-prefix=b/'];

/** Reads the clone whose top folder is `clone` (absolute). Close a reading of state `read`. Throws only our own faults. */
export function readGit(system: ReadSystem, clone: string): GitReading {
  let scratch: GitScratch | undefined;
  try {
    const folder = findGitFolder(system, clone);
    if (folder === undefined) return { state: 'not-a-repository' };
    const git = new GitScratch(system, folder, clone);
    scratch = git;
    const { facts, changesSince } = readFacts(system, git, folder, clone);
    const last = facts.head ?? facts.base;
    return {
      state: 'read',
      facts,
      patchOf: (rel) => patchOf(git, facts.base, rel),
      uncommitted: () => (last === facts.base ? facts.changed : changesSince(last)),
      uncommittedPatchOf: (rel) => patchOf(git, last, rel),
      ask: (question) => question(git),
      searchHistory: (judge, limits) => searchHistory(system, git, publicRemotes(git), judge, limits),
      close: () => git.remove(),
    };
  } catch (error) {
    scratch?.remove();
    if (error instanceof GitMissing) return { state: 'git-missing' };
    const reason = failureReason(error);
    if (reason === undefined) throw error;
    return { state: 'unreadable', reason };
  }
}

function readFacts(
  system: ReadSystem,
  git: GitScratch,
  folder: GitFolder,
  clone: string,
): { facts: GitFacts; changesSince(commit: string): GitChange[] } {
  const refs = readRefs(git);
  const head = refs.get('HEAD');
  if (head === undefined) requireUnborn(system, git, folder);
  const { remotes, objectFormat } = git.settings;
  const upstream = upstreamOf(git, refs, head);
  const base = upstream?.base ?? head ?? EMPTY_TREE[objectFormat];
  const entries = readEntries(git, head);
  git.run(['update-index', '-z', '--index-info'], { input: indexInput(entries) });
  git.tryRun(['update-index', '-q', '--refresh']);
  const hidden = new Set(entries.filter((entry) => entry.isHidden).map((entry) => trackedKey(entry.name)));
  const changesSince = (commit: string) =>
    readRawDiff(git.run([...DIFF, '--raw', '-z', commit])).flatMap((change) =>
      changeOf(system, clone, hidden, change),
    );
  const hasTag = [...refs.keys()].some((name) => name.startsWith('refs/tags/'));
  const facts: GitFacts = {
    head,
    branch: branchOf(system, folder),
    describe: head !== undefined && hasTag ? textOf(git.tryRun(['describe', '--tags', head])) : undefined,
    base,
    upstream: upstream && { name: upstream.name, tip: upstream.tip },
    ownCommits:
      head === undefined || head === base
        ? 0
        : Number(textOf(git.run(['rev-list', '--count', `${base}..${head}`]))),
    tracked: new Set(entries.map((entry) => trackedKey(entry.name))),
    changed: changesSince(base),
    firstSeen: firstReflogTime(system, folder),
    remote: remotes.get('origin'),
  };
  return { facts, changesSince };
}

function readRefs(git: GitScratch): Map<string, string> {
  const lines = (git.tryRun(['show-ref', '--head']) ?? Buffer.alloc(0)).toString('utf8').split('\n');
  return new Map(
    lines.flatMap((line) => {
      const space = line.indexOf(' ');
      return space < 0 ? [] : [[line.slice(space + 1), line.slice(0, space)] as const];
    }),
  );
}

/** HEAD is not listed before the first commit, and also where its commit is missing: then the reading must not go on. */
function requireUnborn(system: ReadSystem, git: GitScratch, folder: GitFolder): void {
  const branch = textOf(git.tryRun(['symbolic-ref', '-q', 'HEAD']));
  const isUnborn =
    branch !== undefined &&
    system.lstat(`${folder.common}/${branch}`) === undefined &&
    git.tryRun(['rev-parse', '-q', '--verify', branch]) === undefined;
  if (!isUnborn) git.run(['cat-file', 'commit', 'HEAD']);
}

/** Remotes whose address is the public project's. */
function publicRemotes(git: GitScratch): string[] {
  return [...git.settings.remotes]
    .filter(([, url]) => /[/:]jmontp\/agent-workflow(?:\.git)?\/?$/i.test(url))
    .map(([name]) => name);
}

/** Where the branch left the first branch of its remote that they share a commit with. */
function upstreamOf(git: GitScratch, refs: ReadonlyMap<string, string>, head: string | undefined) {
  if (head === undefined) return undefined;
  const [upstream] = publicRemotes(git);
  for (const remote of upstream === undefined ? ['origin'] : [upstream, 'origin']) {
    for (const branch of ['HEAD', 'main', 'master']) {
      const tip = refs.get(`refs/remotes/${remote}/${branch}`);
      if (tip === undefined) continue;
      const base = tip === head ? head : textOf(git.tryRun(['merge-base', head, tip]));
      if (base !== undefined) return { name: `${remote}/${branch}`, tip, base };
    }
  }
  return undefined;
}

/** A missing or damaged index is no obstacle: the last commit's files stand in for it. */
function readEntries(git: GitScratch, head: string | undefined): IndexEntry[] {
  const list = git.tryRun(['ls-files', '-v', '-s', '-z'], { env: { GIT_INDEX_FILE: CLONE_INDEX } });
  const entries = list === undefined ? [] : readIndexList(list);
  if (entries.length > 0 || head === undefined) return entries;
  return readTreeList(git.run(['ls-tree', '-r', '-z', '--full-tree', head]));
}

function branchOf(system: ReadSystem, folder: GitFolder): string | undefined {
  const text = system.readFile(`${folder.own}/HEAD`, 64 << 10).toString('utf8');
  return /^ref:\s*refs\/heads\/(.+?)\s*$/.exec(text)?.[1];
}

function changeOf(
  system: ReadSystem,
  clone: string,
  hidden: ReadonlySet<string>,
  { status, rel }: RawChange,
): GitChange[] {
  const kind = kindOnDisk(system, clone, rel);
  const isThere = kind !== undefined && kind !== 'folder';
  if (status === 'D') return isThere || hidden.has(trackedKey(rel)) ? [] : [{ rel, change: 'deleted' }];
  if (status === 'A') return [{ rel, change: 'added' }];
  const isOtherType = status === 'T' || (isThere && kind !== 'file' && kind !== 'link');
  return [{ rel, change: isOtherType ? 'type-changed' : 'modified' }];
}

/** What is at this very place, not behind a linked folder. */
function kindOnDisk(system: ReadSystem, clone: string, rel: PathLike): FileKind | undefined {
  const bytes = bytesOf(rel);
  const at = (end: number) => Buffer.concat([Buffer.from(`${clone}/`), bytes.subarray(0, end)]);
  try {
    for (let slash = bytes.indexOf(0x2f); slash >= 0; slash = bytes.indexOf(0x2f, slash + 1)) {
      if (system.lstat(at(slash))?.kind !== 'folder') return undefined;
    }
    return system.lstat(at(bytes.length))?.kind;
  } catch (error) {
    if (hasErrno(error, 'ENOTDIR', 'EACCES')) return undefined;
    throw error;
  }
}

/** A name that is not UTF-8 cannot be an argument of a command: a pattern finds it, and its part is taken out. */
function patchOf(git: GitScratch, base: string, rel: PathLike): Buffer {
  try {
    if (typeof rel === 'string')
      return git.run([...PATCH, base, '--', rel], { env: { GIT_LITERAL_PATHSPECS: '1' } });
    return patchPartsOf(git.run([...PATCH, base, '--', globFor(rel)]), rel);
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    throw new AppError('SOURCE_UNREADABLE', { count: 1, path: displayPath(rel) }, { cause: error });
  }
}

function textOf(output: Buffer | undefined): string | undefined {
  return output?.toString('utf8').trim() || undefined;
}
