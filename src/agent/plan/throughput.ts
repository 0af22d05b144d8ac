import { createHash } from 'node:crypto';
import { joinPath } from '../paths.ts';
import { readIfReachable } from '../survey/reachable.ts';
import type { Survey } from '../survey/survey.ts';
import type { PathLike, ReadSystem } from '../system.ts';

/** How fast this computer reads and hashes the files that a migration would back up, measured now. */
export interface Throughput {
  readonly files: number;
  readonly bytes: number;
  readonly milliseconds: number;
}

const MOST_FILES = 64;
const MOST_BYTES = 8 << 20;
const LARGEST = 1 << 20;

/** Reads a sample of own files and state, spread over all of it: at most 64 files and 8 MiB. */
export function measureThroughput(system: ReadSystem, survey: Survey): Throughput {
  const all: { path: () => PathLike; size: number }[] = [
    ...survey.inventory.files
      .filter(({ fileKind }) => fileKind === 'file')
      .map(({ rel, stat }) => ({ path: () => joinPath(survey.source, rel), size: stat.size })),
    ...survey.states.flatMap(({ path, entries }) =>
      entries
        .filter(({ kind }) => kind === 'file')
        .map(({ rel, stat }) => ({ path: () => joinPath(path, rel), size: stat.size })),
    ),
  ].filter(({ size }) => size <= LARGEST);
  const step = Math.max(1, Math.floor(all.length / MOST_FILES));
  const hash = createHash('sha256');
  const begun = system.elapsed();
  let [files, bytes] = [0, 0];
  for (let at = 0; at < all.length && files < MOST_FILES && bytes < MOST_BYTES; at += step) {
    const data = readIfReachable(system, all[at]?.path() ?? '');
    if (data === undefined) continue;
    hash.update(data);
    files += 1;
    bytes += data.length;
  }
  return { files, bytes, milliseconds: system.elapsed() - begun };
}
