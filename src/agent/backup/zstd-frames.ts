import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';

/** A frame of a compressed part: bytes of the tar that it holds, and bytes that it takes in the part. */
export type Frame = readonly [tar: number, stored: number];

/** No frame holds more of the tar: what its opening takes of memory is bounded, whatever it says of itself. */
export const MOST_IN_FRAME = 2 << 20;
/** What cannot be made smaller becomes this much larger at most. */
const MOST_STORED = MOST_IN_FRAME + (16 << 10);
/**
 * Larger than any frame. Node frees a compressor only when its garbage is collected, and this makes that come sooner; what
 * of it is not written to takes no memory.
 */
const OUTPUT = 4 << 20;
/** The smallest window that a frame of `MOST_IN_FRAME` may need. */
const WINDOW_LOG = 21;

/** A frame does not hold what it should. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}

/** One whole zstd frame, with a checksum of its own; frames one after the other are a file that `zstd -d` reads. */
export function compressFrame(bytes: Uint8Array): Buffer {
  return zstdCompressSync(bytes, {
    chunkSize: OUTPUT,
    params: { [constants.ZSTD_c_checksumFlag]: 1 },
  });
}

/** @throws FrameError where it is damaged or holds another number of bytes than `size` */
export function openFrame(stored: Uint8Array, size: number): Buffer {
  const bytes = opened(stored, size);
  // Node takes the end of its input for the end of a frame.
  if (bytes?.length !== size) throw new FrameError('a zstd frame is damaged');
  return bytes;
}

function opened(stored: Uint8Array, size: number): Buffer | undefined {
  try {
    return zstdDecompressSync(stored, {
      chunkSize: MOST_IN_FRAME,
      maxOutputLength: size,
      params: { [constants.ZSTD_d_windowLogMax]: WINDOW_LOG },
    });
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}

/** True for frames as `compressFrame` makes them that fill a part of `stored` bytes and hold a tar of `tar` bytes. */
export function areFrames(frames: readonly Frame[], tar: number, stored: number): boolean {
  const sums = frames.reduce(([a, b], [c, d]) => [a + c, b + d], [0, 0]);
  const isFrame = ([held, taken]: Frame) =>
    held > 0 && held <= MOST_IN_FRAME && taken > 0 && taken <= MOST_STORED;
  return sums[0] === tar && sums[1] === stored && frames.every(isFrame);
}

/** Takes a compressed part in pieces of any size, and gives the tar on frame by frame. Both throw FrameError. */
export class FrameReader {
  readonly #frames: readonly Frame[];
  readonly #take: (bytes: Buffer) => void;
  readonly #stored = Buffer.allocUnsafe(MOST_STORED);
  #have = 0;
  #next = 0;

  constructor(frames: readonly Frame[], take: (bytes: Buffer) => void) {
    this.#frames = frames;
    this.#take = take;
  }

  write(piece: Buffer): void {
    for (let at = 0; at < piece.length; ) {
      const frame = this.#frames[this.#next];
      if (frame === undefined) throw new FrameError('there is more behind the last zstd frame');
      const [tar, stored] = frame;
      const taken = piece.copy(this.#stored, this.#have, at, at + stored - this.#have);
      at += taken;
      this.#have += taken;
      if (this.#have < stored) return;
      this.#have = 0;
      this.#next += 1;
      this.#take(openFrame(this.#stored.subarray(0, stored), tar));
    }
  }

  /** To be called after the last `write`. */
  finish(): void {
    if (this.#next < this.#frames.length) throw new FrameError('the last zstd frames are missing');
  }
}
