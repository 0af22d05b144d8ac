import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  areFrames,
  compressFrame,
  type Frame,
  FrameError,
  FrameReader,
  MOST_IN_FRAME,
  openFrame,
} from '../../../src/agent/backup/zstd-frames.ts';

function framed(pieces: readonly Uint8Array[]): { bytes: Buffer; frames: Frame[] } {
  const stored = pieces.map(compressFrame);
  const frames = pieces.map((piece, n): Frame => [piece.length, stored[n]?.length ?? 0]);
  return { bytes: Buffer.concat(stored), frames };
}

function readAll(frames: readonly Frame[], pieces: readonly Buffer[]): Buffer {
  const taken: Buffer[] = [];
  const reader = new FrameReader(frames, (bytes) => taken.push(Buffer.from(bytes)));
  for (const piece of pieces) reader.write(piece);
  reader.finish();
  return Buffer.concat(taken);
}

test('Frames come back as they were, in pieces of any size, and zstd reads them as one file', () => {
  const pieces = [Buffer.alloc(MOST_IN_FRAME, 'abc'), randomBytes(MOST_IN_FRAME), Buffer.from('x')];
  const { bytes, frames } = framed(pieces);
  const whole = Buffer.concat(pieces);
  expect(areFrames(frames, whole.length, bytes.length)).toBe(true);
  expect(readAll(frames, [bytes]).equals(whole)).toBe(true);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: bytes.length }), (size) => {
      const cut = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
        bytes.subarray(n * size, (n + 1) * size),
      );
      return readAll(frames, cut).equals(whole);
    }),
    { numRuns: 10, examples: [[bytes.length - 1], [1000]] },
  );
  const asked = spawnSync('zstd', ['-dc'], { input: bytes, maxBuffer: 16 << 20 });
  expect(asked.stderr.toString()).toBe('');
  expect(asked.stdout.equals(whole)).toBe(true);
});

test('A frame that is cut, of another length, or no frame at all is a FrameError', () => {
  const content = Buffer.from('some words and some more words '.repeat(50));
  const frame = compressFrame(content);
  expect(openFrame(frame, content.length).equals(content)).toBe(true);
  // The last four bytes are the checksum of the others.
  for (let length = 0; length < frame.length - 4; length++)
    expect(() => openFrame(frame.subarray(0, length), content.length), `cut at ${length}`).toThrow(
      FrameError,
    );
  expect(() => openFrame(frame, content.length - 1)).toThrow(FrameError);
  expect(() => openFrame(frame, content.length + 1)).toThrow(FrameError);
  expect(() => openFrame(Buffer.from('no frame'), 8)).toThrow(FrameError);
});

test('Whichever bit of a frame is flipped, it never becomes other bytes', () => {
  const content = Buffer.from('some words and some more words '.repeat(50));
  const frame = compressFrame(content);
  const same: number[] = [];
  for (let bit = 0; bit < frame.length * 8; bit++) {
    const altered = Buffer.from(frame);
    altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    try {
      expect(openFrame(altered, content.length).equals(content), `bit ${bit}`).toBe(true);
      same.push(bit);
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
    }
  }
  // RFC 8878, 3.1.1.1.1: a bit of the header that a decoder does not look at, and the one that says "no checksum".
  expect(same.length).toBeLessThan(4);
});

test('A frame that would become larger than it says, or asks for a large window, is not opened', () => {
  const bomb = zstdCompressSync(Buffer.alloc(64 << 20));
  expect(bomb.length).toBeLessThan(10_000);
  expect(() => openFrame(bomb, MOST_IN_FRAME)).toThrow(FrameError);
  // RFC 8878, 3.1.1: magic number, descriptor, a window of 2 to the 27th, one last raw block of one byte.
  const wide = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 17 << 3, 9, 0, 0, 0x78]);
  expect(zstdDecompressSync(wide).toString()).toBe('x');
  expect(() => openFrame(wide, 1)).toThrow(FrameError);
});

test('A part that ends before its last frame, or goes on behind it, is a FrameError', () => {
  const { bytes, frames } = framed([Buffer.from('one'), Buffer.from('two')]);
  expect(() => readAll(frames, [bytes.subarray(0, -1)])).toThrow('the last zstd frames are missing');
  expect(() => readAll(frames, [bytes, Buffer.from('x')])).toThrow(
    'there is more behind the last zstd frame',
  );
});

test.each<[string, Frame[], number, number]>([
  ['no byte of the tar', [[0, 10]], 0, 10],
  ['no byte of the part', [[10, 0]], 10, 0],
  ['too much of the tar', [[MOST_IN_FRAME + 1, 10]], MOST_IN_FRAME + 1, 10],
  ['too much of the part', [[10, MOST_IN_FRAME * 2]], 10, MOST_IN_FRAME * 2],
  ['another tar', [[10, 10]], 11, 10],
  ['another part', [[10, 10]], 10, 11],
])('Frames that hold %s are none', (_what, frames, tar, stored) => {
  expect(areFrames(frames, tar, stored)).toBe(false);
});
