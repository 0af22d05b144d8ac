import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';

export interface TreeDigest {
  readonly sha256: string;
  readonly entries: number;
}

/**
 * SHA-256 over names, kinds, modes, times and contents of everything below a folder; `without` names entries at its top
 * that are passed over. Of the folder itself nothing counts: entries that come and go change its time.
 */
export async function treeDigest(folder: string, without: readonly string[] = []): Promise<TreeDigest> {
  const hash = createHash('sha256');
  let entries = 0;
  const add = async (path: string, rel: string): Promise<void> => {
    const stat = await lstat(path);
    const size = stat.isDirectory() ? 0 : stat.size;
    entries += 1;
    hash.update(JSON.stringify([rel, stat.mode, Math.floor(stat.mtimeMs), size]));
    if (stat.isDirectory()) await below(path, rel);
    else if (stat.isSymbolicLink()) hash.update(await readlink(path, 'buffer'));
    else if (stat.isFile()) hash.update(await readFile(path));
  };
  const below = async (path: string, rel: string, skipped: readonly string[] = []): Promise<void> => {
    const names = (await readdir(path)).filter((name) => !skipped.includes(name)).sort();
    for (const name of names) await add(join(path, name), join(rel, name));
  };
  await below(folder, '', without);
  return { sha256: hash.digest('hex'), entries };
}
