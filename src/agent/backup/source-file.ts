import { hasErrno } from '../../shared/errors.ts';
import type { FileStat, PathLike, ReadSystem } from '../system.ts';

/** A file of the source could not be read. Kept apart from failures of the disk that the backup is written to. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
  /** `vanished`: it was there when the tree was walked. */
  readonly kind: 'unreadable' | 'vanished';

  constructor(kind: 'unreadable' | 'vanished', reason: string) {
    super(reason);
    this.kind = kind;
  }
}

/** An open file of the source. Every failure is a SourceError. */
export class SourceFile {
  readonly #system: ReadSystem;
  readonly #fd: number;
  /** As it was just after opening. */
  readonly opened: FileStat;

  constructor(system: ReadSystem, path: PathLike) {
    this.#system = system;
    this.#fd = asSource(() => system.openRead(path));
    try {
      this.opened = this.stat();
      // A FIFO, socket or device may have taken the file's place since the walk; it was opened without blocking.
      if (this.opened.kind !== 'file')
        throw new SourceError('unreadable', `it became a ${this.opened.kind} while the backup was made`);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  stat(): FileStat {
    return asSource(() => this.#system.fstat(this.#fd));
  }

  /** Reads from `position` until `into` is full or the file ends; returns the bytes read. */
  read(into: Buffer, position: number): number {
    return asSource(() => {
      let done = 0;
      while (done < into.length) {
        const got = this.#system.read(this.#fd, into, done, into.length - done, position + done);
        if (got === 0) break;
        done += got;
      }
      return done;
    });
  }

  close(): void {
    this.#system.close(this.#fd);
  }
}

/** True when nothing tells that the file was written to between the two. */
export function isSame(before: FileStat, after: FileStat): boolean {
  return before.size === after.size && before.mtimeNs === after.mtimeNs && before.ino === after.ino;
}

/** Why reading failed, for people. */
export function readFailure(error: unknown): string {
  if (hasErrno(error, 'EACCES', 'EPERM')) return 'permission denied';
  if (hasErrno(error, 'EIO')) return 'the disk answered with an error';
  if (hasErrno(error, 'ELOOP')) return 'it became a link while the backup was made';
  if (hasErrno(error, 'ENAMETOOLONG')) return 'its path is too long';
  if (hasErrno(error, 'ENXIO')) return 'it is not a regular file';
  return error instanceof Error && 'code' in error ? `error ${String(error.code)}` : 'it cannot be read';
}

function asSource<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (hasErrno(error, 'ENOENT', 'ENOTDIR', 'ESTALE')) throw new SourceError('vanished', 'it is gone');
    throw new SourceError('unreadable', readFailure(error));
  }
}
