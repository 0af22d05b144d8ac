import { createHash, type Hash } from 'node:crypto';
import type { System } from '../system.ts';
import type { FileEntry, ZstdTar } from './format.ts';
import { MOST_ATTRIBUTES } from './tar-write.ts';
import { compressFrame, type Frame, MOST_IN_FRAME } from './zstd-frames.ts';

/** A small file with its headers fits: names have a few KiB. */
const CAPACITY = (1 << 20) + MOST_ATTRIBUTES + (64 << 10);

/** A place in a part that can be gone back to. */
export interface PartMark {
  readonly position: number;
  readonly stored: number;
  readonly frames: number;
  readonly hash: Hash;
}

export function newPartBuffer(): Buffer {
  return Buffer.allocUnsafeSlow(CAPACITY);
}

/**
 * A file of the backup, written front to back through one large buffer and hashed on the way. Created 0600 before the
 * first byte. Nothing is durable before `finish`. Compressed, each filling of the buffer becomes a frame of its own, so that
 * what was written can still be taken back; positions stay those of the bytes before.
 */
export class PartWriter {
  readonly name: string;
  readonly #system: System;
  readonly #fd: number;
  readonly #buffer: Buffer;
  readonly #frames: Frame[] | undefined;
  #used = 0;
  #written = 0;
  #stored = 0;
  #hash = createHash('sha256');
  #open = true;

  /** Parts that take turns may share a buffer: what was appended to one is flushed before another is used. */
  constructor(
    system: System,
    folder: string,
    name: string,
    { buffer = newPartBuffer(), zstd = false }: { buffer?: Buffer | undefined; zstd?: boolean } = {},
  ) {
    this.name = name;
    this.#buffer = buffer;
    this.#frames = zstd ? [] : undefined;
    this.#system = system;
    this.#fd = system.createFile(`${folder}/${name}`, 0o600);
  }

  /** Bytes so far: where the next one goes. */
  get position(): number {
    return this.#written + this.#used;
  }

  append(bytes: Uint8Array): void {
    if (bytes.length > CAPACITY - this.#used) this.flush();
    if (bytes.length > CAPACITY) {
      this.#writeOut(bytes);
    } else {
      this.#buffer.set(bytes, this.#used);
      this.#used += bytes.length;
    }
  }

  /**
   * Room for `length` bytes (at most a small file and its header) to be filled in place. They belong to the part only after
   * `commit`; without it the next `append` or `reserve` takes the same room.
   */
  reserve(length: number): Buffer {
    if (length > CAPACITY) throw new RangeError(`${length} bytes are more than the buffer of a part holds`);
    if (length > CAPACITY - this.#used) this.flush();
    return this.#buffer.subarray(this.#used, this.#used + length);
  }

  commit(length: number): void {
    this.#used += length;
  }

  mark(): PartMark {
    this.flush();
    const { length: frames } = this.#frames ?? [];
    return { position: this.#written, stored: this.#stored, frames, hash: this.#hash.copy() };
  }

  /** Forgets everything after `mark`. */
  rewind(mark: PartMark): void {
    this.#used = 0;
    this.#system.truncate(this.#fd, mark.stored);
    this.#written = mark.position;
    this.#stored = mark.stored;
    this.#frames?.splice(mark.frames);
    this.#hash = mark.hash.copy();
  }

  /** Writes what is left, makes it durable, closes. */
  finish(): FileEntry & { readonly zstd?: ZstdTar } {
    this.flush();
    this.#system.syncData(this.#fd);
    this.close();
    const entry = { name: this.name, size: this.#stored, sha256: this.#hash.digest('hex') };
    return this.#frames ? { ...entry, zstd: { tarSize: this.#written, frames: this.#frames } } : entry;
  }

  /** Closes without finishing; harmless after `finish`. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#system.close(this.#fd);
  }

  flush(): void {
    if (this.#used === 0) return;
    this.#writeOut(this.#buffer.subarray(0, this.#used));
    this.#used = 0;
  }

  #writeOut(bytes: Uint8Array): void {
    if (this.#frames === undefined) {
      this.#store(bytes);
      this.#written += bytes.length;
      return;
    }
    for (let at = 0; at < bytes.length; at += MOST_IN_FRAME) {
      const piece = bytes.subarray(at, at + MOST_IN_FRAME);
      const stored = compressFrame(piece);
      this.#store(stored);
      this.#frames.push([piece.length, stored.length]);
      this.#written += piece.length;
    }
  }

  #store(bytes: Uint8Array): void {
    this.#system.write(this.#fd, bytes, this.#stored);
    this.#hash.update(bytes);
    this.#stored += bytes.length;
  }
}
