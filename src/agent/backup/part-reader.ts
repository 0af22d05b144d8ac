import type { ReadSystem } from '../system.ts';
import type { BackupRecord } from './format.ts';
import { RestoreError } from './restore-file.ts';

const CHUNK = 1 << 20;

/** Between the bytes of two members of a tar: padding, a header and perhaps a pax header. */
const NEAR = 4096;

/**
 * Reads files out of plain parts by the offset in their record, through one reused buffer. Files that follow each other in a
 * part are read together.
 */
export class PartReader {
  readonly #system: ReadSystem;
  readonly #folder: string;
  readonly #open = new Map<string, number>();
  readonly #chunk = Buffer.allocUnsafeSlow(CHUNK);
  /** What the buffer holds: bytes `from` to `to` of a part. */
  #held = { part: '', from: 0, to: 0 };

  constructor(system: ReadSystem, folder: string) {
    this.#system = system;
    this.#folder = folder;
  }

  /** The file's bytes; a slice is valid until the next one. Throws RestoreError when the part ends before them. */
  *slices(record: BackupRecord): Generator<Buffer> {
    const { part, offset, size } = record;
    if (part === undefined || offset === undefined || size === undefined)
      throw new RestoreError('its record is not complete');
    for (let done = 0; done < size; ) {
      const slice = this.#slice(part, offset + done, size - done);
      if (slice.length === 0) throw new RestoreError(`${part} ends before its bytes`);
      done += slice.length;
      yield slice;
    }
  }

  /** Up to `length` bytes from `at` on: none at the end of the part. */
  #slice(part: string, at: number, length: number): Buffer {
    const wanted = Math.min(length, CHUNK);
    const isNext = part === this.#held.part && at >= this.#held.from && at <= this.#held.to + NEAR;
    if (!isNext || at + wanted > this.#held.to) {
      const fd = this.#descriptor(part);
      this.#held = { part: '', from: 0, to: 0 };
      const got = this.#system.read(fd, this.#chunk, 0, isNext ? CHUNK : wanted, at);
      this.#held = { part, from: at, to: at + got };
    }
    const { from, to } = this.#held;
    return this.#chunk.subarray(at - from, Math.min(to, at + wanted) - from);
  }

  close(): void {
    for (const fd of this.#open.values()) this.#system.close(fd);
    this.#open.clear();
  }

  #descriptor(part: string): number {
    const open = this.#open.get(part);
    if (open !== undefined) return open;
    const fd = this.#system.openRead(`${this.#folder}/${part}`);
    this.#open.set(part, fd);
    return fd;
  }
}
