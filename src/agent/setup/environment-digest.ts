import { createHash } from 'node:crypto';
import { walk } from '../backup/walk.ts';
import { bytesOf, joinPath } from '../paths.ts';
import { hashFile } from '../run/staging.ts';
import type { ReadSystem } from '../system.ts';

/**
 * SHA-256 over everything in an environment: names, kinds, modes, bytes, where links lead. What Python compiles for itself
 * when the package is used does not count. Undefined where nothing is there.
 */
export function environmentDigest(system: ReadSystem, folder: string): string | undefined {
  if (system.lstat(folder)?.kind !== 'folder') return undefined;
  const digest = createHash('sha256');
  const skip = (rel: unknown, kind: string) => kind === 'folder' && /(^|\/)__pycache__$/.test(String(rel));
  const { entries, unreadable } = walk(system, folder, { skip });
  for (const { rel, kind, stat } of entries) {
    const path = joinPath(folder, rel);
    const holds =
      kind === 'file'
        ? hashFile(system, path)
        : kind === 'link'
          ? system.readLink(path)?.toString('hex')
          : '';
    digest.update(bytesOf(rel)).update(`\0${kind} ${kind === 'link' ? '' : stat.mode} ${holds}\n`);
  }
  for (const { rel } of unreadable) digest.update(bytesOf(rel)).update('\0unreadable\n');
  return digest.digest('hex');
}
