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
  milliseconds: 5000,
  hits: 20,
} as const;

export type HistoryLimits = Readonly<Record<keyof typeof HISTORY_LIMITS, number>>;

/** Of one `git cat-file`. */
const BATCH_BYTES = 8 << 20;

export interface HistoryHit {
  /** Where the file is in that commit. */
  readonly path: string;
  /** The oldest commit that has it there, in full. */
  readonly commit: string;
}

export interface HistorySearch {
  readonly hits: readonly HistoryHit[];
  /** False where a limit was reached, or git could not read a part. */
  readonly complete: boolean;
}

interface Blob {
  readonly id: string;
  readonly path: string;
  readonly commit: string;
  readonly size: number;
}

/** What is looked for in the commits. */
export interface HistoryJudge {
  /** Files that are looked at before the others, since time may run out. */
  goesFirst(path: string): boolean;
  isSecret(bytes: Buffer, path: string): boolean;
}

/** `publicRemotes`: names of remotes of the public project. */
export function searchHistory(
  system: Pick<ReadSystem, 'elapsed'>,
  git: Pick<GitScratch, 'tryRun'>,
  publicRemotes: readonly string[],
  judge: HistoryJudge,
  limits: HistoryLimits = HISTORY_LIMITS,
): HistorySearch {
  const end = system.elapsed() + limits.milliseconds;
  const listed = listBlobs(git, publicRemotes, judge, limits);
  if (listed === undefined) return { hits: [], complete: false };
  let { complete } = listed;
  const hits: HistoryHit[] = [];
  for (const batch of batches(listed.blobs)) {
    if (system.elapsed() > end || hits.length >= limits.hits) return { hits, complete: false };
    const contents = readBlobs(git, batch);
    if (contents === undefined) complete = false;
    for (const [n, bytes] of (contents ?? []).entries()) {
      const { path, commit } = batch[n] as Blob;
      const isTold = hits.some((hit) => hit.path === path);
      if (isTold || hits.length >= limits.hits || system.elapsed() > end) continue;
      if (judge.isSecret(bytes, path)) hits.push({ path, commit });
    }
  }
  return { hits, complete: complete && system.elapsed() <= end };
}

/** The files of the person's own commits, each content once; undefined where git cannot list them. */
function listBlobs(
  git: Pick<GitScratch, 'tryRun'>,
  publicRemotes: readonly string[],
  judge: HistoryJudge,
  limits: HistoryLimits,
): { readonly blobs: Blob[]; readonly complete: boolean } | undefined {
  const timeoutMs = limits.milliseconds;
  const without =
    publicRemotes.length === 0 ? [] : ['--not', ...publicRemotes.map((name) => `--remotes=${name}`)];
  const log = git.tryRun([...LOG, `--max-count=${limits.commits + 1}`, '--all', ...without], { timeoutMs });
  if (log === undefined) return undefined;
  const { places, commits } = placesIn(log);
  const ids = [...places.keys()];
  const sizes = git.tryRun(['cat-file', '--batch-check'], {
    input: Buffer.from(ids.map((id) => `${id}\n`).join('')),
    timeoutMs,
  });
  if (sizes === undefined) return undefined;
  const found = sizes
    .toString('latin1')
    .split('\n')
    .flatMap((line): Blob[] => {
      const [id = '', type, size] = line.split(' ');
      const place = places.get(id);
      return place === undefined || type !== 'blob' ? [] : [{ id, ...place, size: Number(size) }];
    });
  const small = found.filter(({ size }) => size <= limits.fileBytes);
  const [first, rest] = [true, false].map((first) =>
    small.filter(({ path }) => judge.goesFirst(path) === first),
  );
  const blobs: Blob[] = [];
  let total = 0;
  for (const blob of [...(first ?? []), ...(rest ?? [])]) {
    total += blob.size;
    if (blobs.length >= limits.files || total > limits.bytes) break;
    blobs.push(blob);
  }
  const isWhole = commits <= limits.commits && blobs.length === found.length && found.length === ids.length;
  return { blobs, complete: isWhole };
}

/** The newest commit first; merges against each parent. Nothing of the clone's configuration has a say. */
const LOG = [
  'log',
  '--format=commit %H',
  '--raw',
  '-m',
  '-z',
  '--no-renames',
  '--no-abbrev',
  '--no-ext-diff',
  '--no-textconv',
];

/** Of every content: the oldest commit that has it, and the path that it has there. */
function placesIn(log: Buffer): { places: Map<string, { path: string; commit: string }>; commits: number } {
  const places = new Map<string, { path: string; commit: string }>();
  const tokens = log.toString('utf8').split('\0');
  let commit = '';
  let commits = 0;
  for (let at = 0; at < tokens.length; at += 1) {
    const token = (tokens[at] as string).trimStart();
    const change = /^:\d{6} (\d{6}) [0-9a-f]+ ([0-9a-f]+) [A-Z]/.exec(token);
    if (change === null) {
      const found = /commit ([0-9a-f]{40,64})/.exec(token)?.[1];
      if (found === undefined || found === commit) continue;
      commit = found;
      commits += 1;
      continue;
    }
    at += 1;
    const [, mode, id = ''] = change;
    const isFile = mode === '100644' || mode === '100755' || mode === '120000';
    if (isFile) places.set(id, { path: tokens[at] ?? '', commit });
  }
  return { places, commits };
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
