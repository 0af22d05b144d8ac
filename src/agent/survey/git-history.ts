import type { ReadSystem } from '../system.ts';
import type { GitScratch } from './git-scratch.ts';

/**
 * Looks for secrets in what the clone's commits hold. Bounded in every way, since a clone's history can be anything: commits,
 * files, bytes and time. Commits of the public project itself are left out. Nothing is kept of a file but where it is.
 */
export const HISTORY_LIMITS = {
  commits: 5000,
  files: 20_000,
  /** Bytes: of one file, and of all together. */
  fileBytes: 1 << 20,
  bytes: 64 << 20,
  milliseconds: 8000,
  hits: 20,
} as const;

export type HistoryLimits = Readonly<Record<keyof typeof HISTORY_LIMITS, number>>;

/** Of one `git cat-file`. */
const BATCH_BYTES = 8 << 20;

export interface HistoryHit {
  /** One path under which the file was committed. */
  readonly path: string;
  /** The oldest commit that has it, in full; undefined where git could not tell. */
  readonly commit: string | undefined;
}

export interface HistorySearch {
  readonly hits: readonly HistoryHit[];
  /** False where a limit was reached, or git could not read a part. */
  readonly complete: boolean;
}

interface Blob {
  readonly id: string;
  readonly path: string;
  readonly size: number;
}

/** `isSecret` judges the bytes of a file by its path. `publicRemotes`: remotes of the public project. */
export function searchHistory(
  system: Pick<ReadSystem, 'elapsed'>,
  git: Pick<GitScratch, 'tryRun'>,
  publicRemotes: readonly string[],
  isSecret: (bytes: Buffer, path: string) => boolean,
  limits: HistoryLimits = HISTORY_LIMITS,
): HistorySearch {
  const end = system.elapsed() + limits.milliseconds;
  const listed = listBlobs(git, publicRemotes, limits);
  if (listed === undefined) return { hits: [], complete: false };
  let { complete } = listed;
  const found: Blob[] = [];
  for (const batch of batches(listed.blobs)) {
    if (system.elapsed() > end || found.length >= limits.hits) {
      complete = false;
      break;
    }
    const contents = readBlobs(git, batch);
    if (contents === undefined) complete = false;
    for (const [n, bytes] of (contents ?? []).entries()) {
      const blob = batch[n] as Blob;
      if (found.length < limits.hits && isSecret(bytes, blob.path)) found.push(blob);
    }
  }
  const hits = found.map(({ path, id }) => ({
    path,
    commit: system.elapsed() > end ? undefined : firstCommit(git, id),
  }));
  return { hits, complete };
}

/** The files of the person's own commits, each content once; undefined where git cannot list them. */
function listBlobs(
  git: Pick<GitScratch, 'tryRun'>,
  publicRemotes: readonly string[],
  limits: HistoryLimits,
): { readonly blobs: Blob[]; readonly complete: boolean } | undefined {
  const args = [
    'rev-list',
    '--objects',
    `--max-count=${limits.commits}`,
    `--filter=blob:limit=${limits.fileBytes}`,
    '--all',
    ...(publicRemotes.length === 0 ? [] : ['--not', ...publicRemotes.map((name) => `--remotes=${name}`)]),
  ];
  const timeoutMs = limits.milliseconds;
  const list = git.tryRun(args, { timeoutMs });
  if (list === undefined) return undefined;
  const paths = new Map<string, string>();
  for (const line of list.toString('utf8').split('\n')) {
    const space = line.indexOf(' ');
    if (space > 0 && space + 1 < line.length) paths.set(line.slice(0, space), line.slice(space + 1));
  }
  const ids = [...paths.keys()];
  const sizes = git.tryRun(['cat-file', '--batch-check'], {
    input: Buffer.from(`${ids.join('\n')}\n`),
    timeoutMs,
  });
  if (sizes === undefined) return undefined;
  const blobs: Blob[] = [];
  let total = 0;
  let complete = true;
  for (const line of ids.length === 0 ? [] : sizes.toString('latin1').trimEnd().split('\n')) {
    const [id = '', type, size] = line.split(' ');
    if (type !== 'blob') continue;
    total += Number(size);
    if (blobs.length >= limits.files || total > limits.bytes) {
      complete = false;
      break;
    }
    blobs.push({ id, path: paths.get(id) ?? '', size: Number(size) });
  }
  return { blobs, complete };
}

function* batches(blobs: readonly Blob[]): Generator<Blob[]> {
  let batch: Blob[] = [];
  let bytes = 0;
  for (const blob of blobs) {
    batch.push(blob);
    bytes += blob.size;
    if (bytes < BATCH_BYTES) continue;
    yield batch;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield batch;
}

/** The contents in the order asked for; undefined where git's answer is not what was asked. */
function readBlobs(git: Pick<GitScratch, 'tryRun'>, blobs: readonly Blob[]): Buffer[] | undefined {
  const input = Buffer.from(blobs.map(({ id }) => `${id}\n`).join(''));
  const output = git.tryRun(['cat-file', '--batch'], { input });
  if (output === undefined) return undefined;
  const contents: Buffer[] = [];
  let at = 0;
  for (const { id, size } of blobs) {
    const start = output.indexOf(0x0a, at) + 1;
    if (start === 0 || output.toString('latin1', at, start - 1) !== `${id} blob ${size}`) return undefined;
    contents.push(output.subarray(start, start + size));
    at = start + size + 1;
  }
  return contents;
}

function firstCommit(git: Pick<GitScratch, 'tryRun'>, id: string): string | undefined {
  const args = ['log', '--all', '--format=%H', '--no-ext-diff', '--no-textconv', `--find-object=${id}`];
  const log = git.tryRun(args, { timeoutMs: 3000 });
  return log?.toString('latin1').trim().split('\n').at(-1) || undefined;
}
