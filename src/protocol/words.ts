import { hkdfSync } from 'node:crypto';
import { WORDS } from './word-list.ts';

/** 33 bits of a hash for people to compare. */
export type ThreeWords = readonly [string, string, string];

/** Three words out of HKDF-SHA-256 (RFC 5869, no salt) of a digest; `info` keeps uses apart. */
export function threeWords(digest: string, info: string): ThreeWords {
  const bits = derive(digest, info);
  const word = (place: bigint) => WORDS[Number((bits >> (64n - 11n * place)) & 0x7ffn)] as string;
  return [word(1n), word(2n), word(3n)];
}

/** Six decimal digits, `000000` to `999999`: the first 8 bytes of HKDF-SHA-256 as a big-endian number, mod 10^6. */
export function sixDigits(digest: string, info: string): string {
  return String(derive(digest, info) % 1_000_000n).padStart(6, '0');
}

function derive(digest: string, info: string): bigint {
  const bytes = hkdfSync('sha256', Buffer.from(digest, 'hex'), Buffer.alloc(0), info, 8);
  return Buffer.from(bytes).readBigUInt64BE();
}
