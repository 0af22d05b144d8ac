import { createHash, type Hash, hash, randomUUID } from 'node:crypto';
import { hasErrno } from '../../shared/errors.ts';
import { removeIfThere } from '../files.ts';
import { joinPath, parentOf } from '../paths.ts';
import type { PathLike, System } from '../system.ts';
import type { BackupRecord } from './format.ts';

const HOLE = Buffer.alloc(64 << 10);

/** A record cannot be restored, and why. */
export class RestoreError extends Error {
  override readonly name = 'RestoreError';
}

/**
 * A file that is being restored: written 0600 under a temporary name in its folder, and put in place only when every
 * byte has come and has the recorded hash.
 */
export class FileDraft {
  readonly #system: System;
  readonly #record: BackupRecord;
  readonly #destination: PathLike;
  readonly #temporary: PathLike;
  #sum: Hash | undefined;
  #whole: string | undefined;
  #fd: number | undefined;
  #position = 0;

  constructor(system: System, record: BackupRecord, destination: PathLike) {
    this.#system = system;
    this.#record = record;
    this.#destination = destination;
    this.#temporary = temporaryBeside(destination);
    this.#fd = system.createFile(this.#temporary, 0o600);
  }

  write(slice: Buffer): void {
    if (this.#fd === undefined) return;
    if (this.#position === 0 && slice.length === this.#record.size) this.#whole = hash('sha256', slice);
    else {
      this.#sum ??= createHash('sha256');
      this.#sum.update(slice);
    }
    if (this.#record.sparse) this.#writeAroundHoles(this.#fd, slice);
    else this.#system.write(this.#fd, slice, this.#position);
    this.#position += slice.length;
  }

  /** Throws RestoreError when the bytes are not the recorded ones; then nothing is at the destination that was not. */
  finish(): void {
    const { size, sha256 } = this.#record;
    if (this.#fd === undefined) return;
    const found = this.#whole ?? (this.#sum ?? createHash('sha256')).digest('hex');
    if (this.#position !== size || found !== sha256)
      throw new RestoreError('its bytes in the backup are damaged');
    if (this.#record.sparse) this.#system.truncate(this.#fd, size);
    this.#close();
    setOwnerModeTime(this.#system, this.#record, this.#temporary);
    this.#system.rename(this.#temporary, this.#destination);
  }

  /** Closes, and removes the temporary file if it is still there. */
  abandon(): void {
    this.#close();
    removeIfThere(this.#system, this.#temporary);
  }

  #close(): void {
    if (this.#fd !== undefined) this.#system.close(this.#fd);
    this.#fd = undefined;
  }

  #writeAroundHoles(fd: number, slice: Buffer): void {
    for (let at = 0; at < slice.length; at += HOLE.length) {
      const piece = slice.subarray(at, at + HOLE.length);
      if (!piece.equals(HOLE.subarray(0, piece.length))) this.#system.write(fd, piece, this.#position + at);
    }
  }
}

/** Owner first: changing it clears special mode bits. Only root must succeed in giving a file to somebody else. */
export function setOwnerModeTime(system: System, record: BackupRecord, path: PathLike): void {
  const { uid, gid, mode, mtimeNs } = record;
  let bits = mode;
  const now = system.lstat(path);
  if (uid !== undefined && gid !== undefined && now && (now.uid !== uid || now.gid !== gid)) {
    try {
      system.chown(path, uid, gid);
    } catch (error) {
      if (system.uid === 0 || !hasErrno(error, 'EPERM', 'EINVAL', 'ENOSYS')) throw error;
      // Never a set-user-id file for another user than the recorded one.
      bits = mode === undefined ? undefined : mode & 0o1777;
    }
  }
  if (bits !== undefined && record.type !== 'link') system.chmod(path, bits);
  if (mtimeNs !== undefined) system.setTimes(path, mtimeNs);
}

/** A name in the folder of `destination` that is free and short, whatever the destination's name is. */
export function temporaryBeside(destination: PathLike): PathLike {
  return joinPath(parentOf(destination), `.restore-${randomUUID()}.tmp`);
}

/** Puts a symbolic link in place of whatever file or link is there. */
export function restoreLink(system: System, record: BackupRecord, destination: PathLike): void {
  if (record.linkTarget === undefined) throw new RestoreError('its record has no target');
  const temporary = temporaryBeside(destination);
  system.symlink(record.linkTarget, temporary);
  try {
    setOwnerModeTime(system, record, temporary);
    system.rename(temporary, destination);
  } finally {
    removeIfThere(system, temporary);
  }
}

/** Gives the file at `first` a second name. */
export function restoreHardLink(system: System, first: PathLike, destination: PathLike): void {
  const temporary = temporaryBeside(destination);
  system.hardLink(first, temporary);
  try {
    system.rename(temporary, destination);
  } finally {
    // Renaming onto another name of the same file does nothing (POSIX rename), so the temporary name may still be there.
    removeIfThere(system, temporary);
  }
}
