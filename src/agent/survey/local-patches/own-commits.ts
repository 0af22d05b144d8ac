import type { GitFacts } from '../git.ts';
import { readTreeChanges, type TreeChange } from '../git-bytes.ts';
import type { GitScratch } from '../git-scratch.ts';

/** Of a longer history only the newest commits are looked at one by one. */
export const MOST_COMMITS = 300;

export interface OwnCommit {
  readonly id: string;
  readonly isMerge: boolean;
  readonly subject: string;
  readonly message: string;
  /** Of a merge: what it changed by itself. */
  readonly changes: readonly TreeChange[];
}

const SHOW = ['--no-ext-diff', '--no-textconv', '--no-renames', '--ignore-submodules=all'];

/** Commits on top of upstream, the oldest first. */
export function readOwnCommits(
  git: GitScratch,
  { head, base }: Pick<GitFacts, 'head' | 'base'>,
): OwnCommit[] {
  if (head === undefined || head === base) return [];
  const format = '--format=%H%n%P%n%B';
  const log = git.run([
    'log',
    '-z',
    '--reverse',
    '--topo-order',
    '--encoding=UTF-8',
    '--no-show-signature',
    `--max-count=${MOST_COMMITS}`,
    format,
    `${base}..${head}`,
  ]);
  return log
    .toString('utf8')
    .split('\0')
    .filter((entry) => entry !== '')
    .map((entry) => {
      const [id = '', parents = '', ...message] = entry.split('\n');
      const isMerge = parents.trim().includes(' ');
      const subject = message.find((line) => line.trim() !== '') ?? '';
      const changes = isMerge ? mergeChanges(git, id) : commitChanges(git, id);
      return { id, isMerge, subject, message: message.join('\n'), changes };
    });
}

/** The patch of a commit without its message. */
export function patchOfCommit(git: GitScratch, id: string): Buffer {
  return git.run([
    'diff-tree',
    '-p',
    '-r',
    '--root',
    '--no-commit-id',
    '--binary',
    '--full-index',
    ...SHOW,
    id,
  ]);
}

/** The same with its message and author, for `git am`. */
export function mailOfCommit(git: GitScratch, id: string): Buffer {
  return git.run([
    'format-patch',
    '-1',
    '--stdout',
    '--no-signature',
    '--binary',
    '--full-index',
    ...SHOW,
    id,
  ]);
}

function commitChanges(git: GitScratch, id: string): TreeChange[] {
  return readTreeChanges(
    git.run(['diff-tree', '-r', '--root', '--no-commit-id', '--raw', '-z', ...SHOW, id]),
  );
}

/** A merge's own changes are those that differ from each of its parents; only their names are needed. */
function mergeChanges(git: GitScratch, id: string): TreeChange[] {
  const names = git.run(['diff-tree', '-r', '--cc', '--no-commit-id', '--name-only', '-z', ...SHOW, id]);
  return names
    .toString('utf8')
    .split('\0')
    .filter((rel) => rel !== '')
    .map((rel) => ({ rel, status: 'M', newMode: '', oldId: '', newId: '' }));
}
