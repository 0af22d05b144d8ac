import { hasErrno } from '../../shared/errors.ts';
import { bytesOf, displayPath, joinPath, parentOf, textOrBytes } from '../paths.ts';
import type { PathLike, System } from '../system.ts';
import type { BackupRecord } from './format.ts';
import { pathKey } from './names.ts';
import { RestoreError, setOwnerModeTime } from './restore-file.ts';

/**
 * The folders of a restore: made before what they hold, given their mode and time after it. Below the place that a root
 * is restored to, no folder may be a link: what is written through it would land elsewhere.
 */
export class RestoreFolders {
  readonly #system: System;
  readonly #made: { record: BackupRecord; destination: PathLike }[] = [];
  readonly #real = new Set<string>();

  constructor(system: System) {
    this.#system = system;
  }

  /** Makes a recorded folder, open to us for the time being. */
  make(record: BackupRecord, destination: PathLike): void {
    this.parentsOf(record, destination);
    const existing = this.#system.lstat(destination);
    if (existing && existing.kind !== 'folder') throw new RestoreError(`a ${existing.kind} is in its place`);
    if (!existing) this.#system.makeFolder(destination, 0o700);
    else if ((existing.mode & 0o700) !== 0o700) this.#system.chmod(destination, existing.mode | 0o700);
    this.#made.push({ record, destination });
  }

  /** Sees that the folders above `destination` are there and are no links. */
  parentsOf(record: BackupRecord, destination: PathLike): void {
    const parent = parentOf(destination);
    if (!this.#real.has(pathKey(parent))) this.#ensure(parent, baseOf(record, destination));
  }

  /** Modes and times, the deepest folders first. Reports each by `done` or `failed`. */
  finish(
    done: (record: BackupRecord, destination: PathLike) => void,
    failed: (record: BackupRecord, error: unknown) => void,
  ): void {
    for (const { record, destination } of this.#made.reverse()) {
      try {
        setOwnerModeTime(this.#system, record, destination);
        done(record, destination);
      } catch (error) {
        failed(record, error);
      }
    }
  }

  /** `base`: folders at or above it may be links, those below may not. */
  #ensure(folder: PathLike, base: PathLike | undefined): void {
    const key = pathKey(folder);
    if (this.#real.has(key)) return;
    const isBelow = base !== undefined && bytesOf(folder).length > bytesOf(base).length;
    const stat = isBelow ? this.#system.lstat(folder) : this.#system.stat(folder);
    const parent = parentOf(folder);
    if (isBelow) this.#ensure(parent, base);
    if (stat && stat.kind !== 'folder')
      throw new RestoreError(`${displayPath(folder)} is a ${stat.kind} where a folder should be`);
    if (!stat) {
      if (!isBelow) this.#ensure(parent, base);
      this.#make(folder);
    }
    this.#real.add(key);
  }

  #make(folder: PathLike): void {
    try {
      this.#system.makeFolder(folder, 0o700);
    } catch (error) {
      if (!hasErrno(error, 'EEXIST')) throw error;
      throw new RestoreError(`${displayPath(folder)} is not a folder`);
    }
  }
}

/** Where the root of the record is restored to, if the destination ends with the record's path; else undefined. */
function baseOf(record: BackupRecord, destination: PathLike): PathLike | undefined {
  if (record.rel.length === 0) return undefined;
  const bytes = bytesOf(destination);
  const end = bytesOf(joinPath('/', record.rel)).subarray(1);
  const at = bytes.length - end.length;
  return at > 0 && bytes.subarray(at).equals(end)
    ? textOrBytes(Buffer.from(bytes.subarray(0, at)))
    : undefined;
}
