import { createHash, type Hash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { displayPath } from '../../src/agent/paths.ts';

/**
 * SHA-256 over all that lies at and below `path`, `.git` included: names as bytes, type, mode, size, time of the last
 * change of the content in nanoseconds, target of links, content of files. Not the times of access and of the inode.
 * Nothing is followed, and only regular files are opened.
 */
export function treeDigest(path: string): string {
  const hash = createHash('sha256');
  for (const line of entriesOf(Buffer.from(path), Buffer.alloc(0))) addTo(hash, line);
  return hash.digest('hex');
}

/** The same facts, one readable line each, sorted by the bytes of the name: for `toEqual` and its difference. */
export function describeTree(path: string): string[] {
  return [...entriesOf(Buffer.from(path), Buffer.alloc(0))].map(
    ({ rel, type, mode, size, mtimeNs, content }) =>
      `${displayPath(rel.length === 0 ? '.' : rel)} ${type} ${mode.toString(8)} ${size} ${mtimeNs} ${content}`,
  );
}

interface Entry {
  readonly rel: Buffer;
  readonly type: string;
  readonly mode: number;
  readonly size: bigint;
  readonly mtimeNs: bigint;
  /** SHA-256 of a file, target of a link, else empty. */
  readonly content: string;
}

function* entriesOf(root: Buffer, rel: Buffer): Generator<Entry> {
  const path = rel.length === 0 ? root : Buffer.concat([root, Buffer.from('/'), rel]);
  const stat = lstatSync(path, { bigint: true });
  const type = stat.isFile()
    ? 'file'
    : stat.isDirectory()
      ? 'folder'
      : stat.isSymbolicLink()
        ? 'link'
        : 'other';
  yield {
    rel,
    type,
    mode: Number(stat.mode) & 0o7777,
    size: type === 'folder' ? 0n : stat.size,
    mtimeNs: stat.mtimeNs,
    content: contentOf(path, type),
  };
  if (type !== 'folder') return;
  const names = readdirSync(path, { encoding: 'buffer' }).sort(Buffer.compare);
  for (const name of names) {
    yield* entriesOf(root, rel.length === 0 ? name : Buffer.concat([rel, Buffer.from('/'), name]));
  }
}

function contentOf(path: Buffer, type: string): string {
  if (type === 'file') return createHash('sha256').update(readFileSync(path)).digest('hex');
  return type === 'link' ? readlinkSync(path, 'buffer').toString('latin1') : '';
}

function addTo(hash: Hash, entry: Entry): void {
  const { rel, type, mode, size, mtimeNs, content } = entry;
  hash
    .update(`${rel.length} ${type} ${mode} ${size} ${mtimeNs} ${content.length} `)
    .update(rel)
    .update(content);
}
