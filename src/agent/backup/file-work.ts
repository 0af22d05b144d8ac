import { joinPath } from '../paths.ts';
import type { PathLike } from '../system.ts';
import type { FileItem } from './copy.ts';
import { CATEGORIES } from './format.ts';

/** As much work as a thread takes at a time. */
const CHUNK_FILES = 64;
const CHUNK_BYTES = 4 << 20;

/** Files that any thread may copy, in a form that is cheap to send to one. */
export interface FileWork {
  /** Ids and absolute paths. */
  readonly roots: readonly (readonly [string, string])[];
  readonly rels: readonly PathLike[];
  /** Of each file: its root and its category, by their numbers. */
  readonly rootOf: Uint16Array;
  readonly categoryOf: Uint8Array;
  /** The numbers of the files in the order in which they are copied, and where each chunk of it ends. */
  readonly order: Uint32Array;
  readonly ends: Uint32Array;
  /** How many chunks are taken: shared by all threads. */
  readonly taken: Int32Array;
}

/** The work on these files: large ones first, so that no thread is left with one when the others are done. */
export function fileWork(
  items: readonly (FileItem & { readonly stat: { readonly size: number } })[],
): FileWork {
  const roots = [...new Map(items.map(({ root }) => [root.id, root.path])).entries()];
  const numbers = new Map(roots.map(([id], n) => [id, n]));
  const sizeOf = (n: number) => items[n]?.stat.size ?? 0;
  const isLarge = (n: number) => sizeOf(n) >= CHUNK_BYTES / 4;
  const all = items.map((_, n) => n);
  const large = all.filter(isLarge).sort((a, b) => sizeOf(b) - sizeOf(a));
  const order = large.concat(all.filter((n) => !isLarge(n)));
  const ends: number[] = [];
  let files = 0;
  let bytes = 0;
  for (const [at, n] of order.entries()) {
    files += 1;
    bytes += sizeOf(n);
    if (files < CHUNK_FILES && bytes < CHUNK_BYTES && at + 1 < order.length) continue;
    ends.push(at + 1);
    files = 0;
    bytes = 0;
  }
  return {
    roots,
    rels: items.map(({ rel }) => rel),
    rootOf: Uint16Array.from(items, ({ root }) => numbers.get(root.id) ?? 0),
    categoryOf: Uint8Array.from(items, ({ category }) => CATEGORIES.indexOf(category ?? 'custom')),
    order: Uint32Array.from(order),
    ends: Uint32Array.from(ends),
    taken: new Int32Array(new SharedArrayBuffer(4)),
  };
}

/** The numbers of the files of the next chunk that no thread has taken; undefined when there is none. */
export function takeChunk({ order, ends, taken }: FileWork): Uint32Array | undefined {
  const n = Atomics.add(taken, 0, 1);
  return n < ends.length ? order.subarray(n === 0 ? 0 : ends[n - 1], ends[n]) : undefined;
}

/** A file as the thread needs it that copies it. */
export function fileOf({ roots, rels, rootOf, categoryOf }: FileWork, n: number): FileItem {
  const [id, path] = roots[rootOf[n] ?? 0] ?? ['', ''];
  const sent = rels[n] ?? '';
  // Bytes arrive in another thread as they are, but no longer as a Buffer.
  const rel = typeof sent === 'string' ? sent : Buffer.from(sent);
  return { root: { id, path }, rel, path: joinPath(path, rel), category: CATEGORIES[categoryOf[n] ?? 0] };
}
