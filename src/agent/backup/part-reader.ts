import type { ReadSystem } from '../system.ts';
import type { BackupRecord, Manifest } from './format.ts';
import { RestoreError } from './restore-file.ts';
import { FrameError, openFrame } from './zstd-frames.ts';

const CHUNK = 1 << 20;

/** Between the bytes of two members of a tar: padding, a header and perhaps a pax header. */
const NEAR = 4096;

/** As much of a backup as its parts are read by. */
interface PartsPlace {
  readonly path: string;
  readonly manifest: Pick<Manifest, 'parts'>;
}

interface OpenPart {
  readonly fd: number;
  /** Of a compressed part, in order: where each frame's bytes begin and end in the tar, and where it lies in the part. */
  readonly frames: readonly FramePlace[] | undefined;
}

interface FramePlace {
  readonly from: number;
  readonly to: number;
  readonly at: number;
  readonly stored: number;
}

/**
 * Reads files out of plain parts by the offset in their record, through one reused buffer. Files that follow each other in a
 * part are read together; of a compressed part, the frames that hold a file.
 */
export class PartReader {
  readonly #system: ReadSystem;
  readonly #backup: PartsPlace;
  readonly #open = new Map<string, OpenPart>();
  readonly #chunk = Buffer.allocUnsafeSlow(CHUNK);
  /** Bytes `from` to `to` of a tar. */
  #held: { part: string; from: number; to: number; bytes: Buffer };

  constructor(system: ReadSystem, backup: PartsPlace) {
    this.#system = system;
    this.#backup = backup;
    this.#held = { part: '', from: 0, to: 0, bytes: this.#chunk };
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
    const open = this.#opened(part);
    if (open.frames) this.#holdFrame(part, open.fd, open.frames, at);
    else this.#holdChunk(part, open.fd, at, wanted);
    const { from, to, bytes } = this.#held;
    return bytes.subarray(at - from, Math.min(to, at + wanted) - from);
  }

  #holdChunk(part: string, fd: number, at: number, wanted: number): void {
    const isNext = part === this.#held.part && at >= this.#held.from && at <= this.#held.to + NEAR;
    if (isNext && at + wanted <= this.#held.to) return;
    this.#held = { part: '', from: 0, to: 0, bytes: this.#chunk };
    const got = this.#system.read(fd, this.#chunk, 0, isNext ? CHUNK : wanted, at);
    this.#held = { part, from: at, to: at + got, bytes: this.#chunk };
  }

  #holdFrame(part: string, fd: number, frames: readonly FramePlace[], at: number): void {
    const held = this.#held;
    if (held.part === part && at >= held.from && at < held.to) return;
    const frame = frameAt(frames, at);
    if (frame === undefined) {
      this.#held = { part, from: at, to: at, bytes: this.#chunk };
      return;
    }
    const stored = Buffer.allocUnsafe(frame.stored);
    const got = this.#system.read(fd, stored, 0, frame.stored, frame.at);
    const { from, to } = frame;
    this.#held = { part, from, to, bytes: opened(part, stored.subarray(0, got), to - from) };
  }

  close(): void {
    for (const { fd } of this.#open.values()) this.#system.close(fd);
    this.#open.clear();
  }

  #opened(part: string): OpenPart {
    const known = this.#open.get(part);
    if (known !== undefined) return known;
    const { path, manifest } = this.#backup;
    const zstd = manifest.parts.find(({ name }) => name === part)?.zstd;
    const open = { fd: this.#system.openRead(`${path}/${part}`), frames: zstd && places(zstd.frames) };
    this.#open.set(part, open);
    return open;
  }
}

function places(frames: readonly (readonly [number, number])[]): FramePlace[] {
  let from = 0;
  let at = 0;
  return frames.map(([tar, stored]) => {
    const place = { from, to: from + tar, at, stored };
    from += tar;
    at += stored;
    return place;
  });
}

function frameAt(frames: readonly FramePlace[], at: number): FramePlace | undefined {
  let low = 0;
  let high = frames.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((frames[middle]?.to ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return frames[low];
}

function opened(part: string, stored: Buffer, size: number): Buffer {
  try {
    return openFrame(stored, size);
  } catch (error) {
    if (!(error instanceof FrameError)) throw error;
    throw new RestoreError(`${part} is damaged where its bytes are`);
  }
}
