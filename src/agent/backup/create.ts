import { dirname } from 'node:path';
import { AppError, hasErrno } from '../../shared/errors.ts';
import { safeText } from '../../shared/safe-text.ts';
import { makeFolders, removeTree } from '../files.ts';
import { displayPath } from '../paths.ts';
import type { PathLike, System } from '../system.ts';
import { Collect } from './collect.ts';
import { type Gap, LOCK_FILE } from './format.ts';
import type { BackupIdentity } from './identity.ts';
import { type PartialBackup, removePartial, startPartial } from './partial.ts';
import { recipientsOf } from './recipient.ts';
import { type BackupProgress, type BackupRequest, type Prepared, prepare } from './request.ts';
import { reuseParts } from './reuse.ts';
import { checkRoom, diskFull, freeAt, roomNeeded } from './room.ts';
import { writeIndex } from './write-index.ts';

export interface BackupResult {
  readonly id: string;
  readonly path: string;
  readonly manifestSha256: string;
  /** Regular files, the sealed ones too. */
  readonly files: number;
  /** Of the plain and the sealed files. */
  readonly bytes: number;
  /** Entries in the encrypted part. */
  readonly sealed: number;
  /** Files that went there because a secret was found in them. */
  readonly moved: readonly { readonly root: string; readonly rel: PathLike }[];
  readonly gaps: readonly Gap[];
}

/**
 * Makes a backup: complete and durable when this returns, absent when it throws. It is not verified yet
 * (`verifyBackup`). Progress comes at most ten times a second.
 *
 * Throws SOURCE_UNREADABLE (its cause lists every such gap), DISK_FULL, IO_ERROR, BACKUP_PLACE or BACKUP_FAILED.
 */
export async function createBackup(
  system: System,
  request: BackupRequest,
  identity: BackupIdentity,
  progress?: (progress: BackupProgress) => void,
): Promise<BackupResult> {
  const prepared = prepare(system, request);
  const needed = spaceFor(prepared);
  checkRoom(system, request.parent, needed);
  const newFolders = missingFolders(system, request.parent);
  let partial: PartialBackup | undefined;
  try {
    makeFolders(system, request.parent);
    removePartial(system, request.parent);
    partial = startPartial(system, request.parent);
    return await fill(system, partial, request, prepared, identity, progress);
  } catch (error) {
    if (partial) clearAway(system, partial);
    for (const folder of newFolders) removeEmpty(system, folder);
    throw inWords(system, error, request.parent, needed);
  }
}

async function fill(
  system: System,
  partial: PartialBackup,
  request: BackupRequest,
  prepared: Prepared,
  identity: BackupIdentity,
  progress: ((progress: BackupProgress) => void) | undefined,
): Promise<BackupResult> {
  const reuse = await reuseParts(system, partial.path, request, prepared, identity);
  const collect = new Collect(system, partial.path, request, prepared, reuse, progress);
  try {
    await collect.copy();
    await collect.seal(recipientsOf(request, identity));
    refuseUnreadable(collect.gaps, request);
    await collect.finishParts();
    const manifestSha256 = writeIndex(system, partial, request, collect, identity);
    system.syncFolder(partial.path);
    system.rename(partial.path, partial.finalPath);
    // The lock goes along with the rename, so that no other process ever sees the folder unlocked and unfinished.
    system.unlink(`${partial.finalPath}/${LOCK_FILE}`);
    system.syncFolder(partial.finalPath);
    system.syncFolder(request.parent);
    return {
      id: partial.id,
      path: partial.finalPath,
      manifestSha256,
      files: collect.counts.files,
      bytes: collect.bytes,
      sealed: collect.counts.sealed,
      moved: collect.moved,
      gaps: collect.gaps,
    };
  } finally {
    await collect.close();
  }
}

function refuseUnreadable(gaps: readonly Gap[], request: BackupRequest): void {
  const unreadable = gaps.filter((gap) => gap.kind === 'unreadable');
  const [first] = unreadable;
  if (!first || request.allowUnreadable) return;
  const params = { count: unreadable.length, path: safeText(`${first.root}/${displayPath(first.rel)}`) };
  throw new AppError('SOURCE_UNREADABLE', params, { cause: unreadable });
}

function spaceFor(prepared: Prepared): number {
  const files = prepared.items.filter(({ stat }) => stat.kind === 'file');
  const bytes = files.reduce((sum, { stat }) => sum + stat.size, 0);
  return roomNeeded(prepared.items.length, bytes);
}

/** The folders that `makeFolders` is about to make, the deepest first. */
function missingFolders(system: System, folder: string): string[] {
  if (system.stat(folder) || dirname(folder) === folder) return [];
  return [folder, ...missingFolders(system, dirname(folder))];
}

/**
 * Only this process renames its `.partial` folder, so where that is gone the finished one is ours. The first failure is
 * the one to be told; what cannot be cleared away now, `removePartial` clears later.
 */
function clearAway(system: System, partial: PartialBackup): void {
  try {
    removeTree(system, system.lstat(partial.path) ? partial.path : partial.finalPath);
  } catch {
    // told above
  }
}

function removeEmpty(system: System, folder: string): void {
  try {
    system.removeFolder(folder);
  } catch {
    // never made, or another process uses it by now
  }
}

function inWords(system: System, error: unknown, path: string, needed: number): unknown {
  if (error instanceof AppError) return error;
  if (hasErrno(error, 'ENOSPC', 'EDQUOT')) return diskFull(path, needed, freeAt(system, path), error);
  if (hasErrno(error, 'EIO')) return new AppError('IO_ERROR', { path, reason: 'EIO' }, { cause: error });
  if (hasErrno(error, 'EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG'))
    return new AppError('BACKUP_PLACE', { path, reason: placeReason(error.code) }, { cause: error });
  if (error instanceof Error && 'code' in error)
    return new AppError(
      'BACKUP_FAILED',
      { reason: `error ${String(error.code)} at ${path}` },
      { cause: error },
    );
  return error;
}

function placeReason(code: string | undefined): string {
  if (code === 'EROFS') return 'the file system is read-only';
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied';
  return 'it cannot be made into a folder';
}
