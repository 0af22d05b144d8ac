import { createHash } from 'node:crypto';
import type { Digest } from './digest.ts';

/**
 * SHA-256 over frames exactly as they travelled, each preceded by its length (4 bytes, big endian), so that no two lists
 * of frames have the same transcript. Both sides of a handshake or pairing compare it: it covers every byte that a third
 * party could have changed, the list of versions included.
 */
export function transcript(frames: readonly Uint8Array[]): Digest {
  const all = createHash('sha256');
  for (const frame of frames) {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(frame.length);
    all.update(length).update(frame);
  }
  return all.digest('hex');
}
