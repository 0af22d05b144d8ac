import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { hasErrno } from '../../shared/errors.ts';
import { type BackupRecord, SEALED_PART } from '../backup/format.ts';
import { readIndex, readManifestFile } from '../backup/read.ts';
import { walk } from '../backup/walk.ts';
import { displayPath, joinPath } from '../paths.ts';
import { targetItems } from '../run/backup-request.ts';
import { hashFile } from '../run/staging.ts';
import type { PathLike, ReadSystem } from '../system.ts';
import type { FileHash, Receipt } from './receipt.ts';

/** Written anew all the time, or by the receipt itself. */
const NOT_HASHED = /^(logs\/|migration\/receipt[^/]*\.json$)/;

/** Every file of a home: by a plain hash where `isOurs` says that the migration placed it, else by a keyed one. */
export function homeHashes(
  system: ReadSystem,
  home: string,
  hashKey: Buffer,
  isOurs: (rel: PathLike) => boolean,
): FileHash[] {
  if (system.lstat(home)?.kind !== 'folder') return [];
  return targetItems(walk(system, home)).flatMap(({ rel, secret, stat }) => {
    const path = displayPath(rel);
    if ((stat?.kind !== 'file' && stat?.kind !== 'link') || NOT_HASHED.test(path)) return [];
    return [hashOf(system, joinPath(home, rel), path, secret || !isOurs(rel) ? hashKey : undefined)];
  });
}

/** A file by its bytes, a link by where it leads; undefined hash for what cannot be read. */
export function hashOf(
  system: ReadSystem,
  file: PathLike,
  path: string,
  hashKey: Buffer | undefined,
): FileHash {
  const digest = hashKey === undefined ? createHash('sha256') : createHmac('sha256', hashKey);
  const sha256 = readInto(system, file, digest);
  const mode = system.lstat(file)?.mode.toString(8);
  return {
    path,
    sha256,
    ...(hashKey === undefined ? {} : { keyed: true as const }),
    ...(mode === undefined ? {} : { mode }),
  };
}

function readInto(system: ReadSystem, file: PathLike, digest: Hash | Hmac): string | null {
  try {
    const link = system.lstat(file)?.kind === 'link' ? system.readLink(file) : undefined;
    return link === undefined ? hashFile(system, file, digest) : digest.update(link).digest('hex');
  } catch (error) {
    if (hasErrno(error, 'EACCES', 'EPERM', 'ENOENT', 'ELOOP')) return null;
    throw error;
  }
}

/**
 * What there was before, as the backup has it: its plain manifest tells the hash of every file but the sealed ones, whose
 * keyed hash is made of the files themselves. Where the backup was moved away meanwhile, only the rest is told.
 */
export function hashesBefore(
  system: ReadSystem,
  backup: string,
  roots: { readonly source: string; readonly target: string },
  hashKey: Buffer,
): Receipt['before'] {
  if (system.lstat(backup) === undefined) return { manifest: null, source: [], target: [] };
  const { records } = readIndex(system, backup);
  const of = (root: 'source' | 'target') =>
    records
      .filter((record) => record.root === root && isSettled(record))
      .map((record) => rowOf(record, root));
  const rowOf = (record: BackupRecord, root: 'source' | 'target'): FileHash => {
    const path = displayPath(record.rel);
    if (record.sha256 !== undefined)
      return {
        path,
        sha256: record.sha256,
        ...(record.mode !== undefined && { mode: record.mode.toString(8) }),
      };
    return root === 'target'
      ? { path, sha256: null, keyed: true }
      : hashOf(system, joinPath(roots.source, record.rel), path, hashKey);
  };
  return { manifest: manifestHash(system, backup), source: of('source'), target: of('target') };
}

/** SHA-256 of a backup's manifest: it names the hash of everything else. */
export function manifestHash(system: ReadSystem, backup: string): string {
  return createHash('sha256').update(readManifestFile(system, backup).bytes).digest('hex');
}

function isSettled({ type, part, withheld }: BackupRecord): boolean {
  if (type !== 'file' || withheld === true) return false;
  return part === SEALED_PART || /^(config|projects|custom)-/.test(part ?? '');
}
