import { createHash } from 'node:crypto';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

export interface TreeEntry {
  /** Relative to the tree's folder. */
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'other';
  /** Bytes; 0 for folders. */
  readonly size: number;
  /** Permissions in octal, such as `600`. */
  readonly mode: string;
  /** Milliseconds since 1970. */
  readonly changedAt: number;
}

export interface Tree {
  readonly isThere: boolean;
  /** In the order of a listing: each folder before what is in it. What git keeps for itself is one entry. */
  readonly entries: readonly TreeEntry[];
  /** Of all names, kinds, modes, sizes and times, git's own files too: equal as long as nothing was written. */
  readonly fingerprint: string;
}

/** Reads a folder without following links; what vanishes meanwhile is left out. */
export async function readTree(folder: string): Promise<Tree> {
  const hash = createHash('sha256');
  const entries: TreeEntry[] = [];
  const isThere = await walk(folder, '', (entry, isShown) => {
    hash.update(JSON.stringify(entry));
    if (isShown) entries.push(entry);
  });
  return { isThere, entries, fingerprint: isThere ? hash.digest('hex') : 'not there' };
}

type Visit = (entry: TreeEntry, isShown: boolean) => void;

async function walk(root: string, below: string, visit: Visit): Promise<boolean> {
  const found = await readdir(join(root, below), { withFileTypes: true }).catch(() => undefined);
  if (found === undefined) return false;
  for (const { name } of found.toSorted((one, other) => compare(one.name, other.name))) {
    const path = below === '' ? name : `${below}/${name}`;
    const stat = await lstat(join(root, path)).catch(() => undefined);
    if (stat === undefined) continue;
    const kind = stat.isDirectory() ? 'folder' : stat.isFile() ? 'file' : 'other';
    const mode = (stat.mode & 0o777).toString(8).padStart(3, '0');
    const size = kind === 'folder' ? 0 : stat.size;
    visit({ path, kind, size, mode, changedAt: stat.mtimeMs }, !path.startsWith('.git/'));
    if (kind === 'folder') await walk(root, path, visit);
  }
  return true;
}

function compare(one: string, other: string): number {
  return one < other ? -1 : 1;
}
