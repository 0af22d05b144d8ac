import { hash } from 'node:crypto';
import { type ThreeWords, threeWords } from './words.ts';

/** A SHA-256 as it travels: 64 lower-case hexadecimal digits. */
export type Digest = string;

/** Stands for "the event before the first one" in a chain of events. */
export const NO_EVENT: Digest = '0'.repeat(64);

export function digestOf(bytes: string | Uint8Array): Digest {
  return hash('sha256', bytes, 'hex');
}

/**
 * What tells two commands with one job id apart: the digest of the body's JSON text, members in their order and without
 * white space. Equal digests mean the same job, asked for again.
 */
export function bodyDigest(body: object): Digest {
  return digestOf(JSON.stringify(body));
}

/** Link of the chain of events: the digest of a JWS without its signature and the dot before it. */
export function eventDigest(jws: string): Digest {
  return digestOf(jws.slice(0, jws.lastIndexOf('.')));
}

/** Name of a plan: the digest of its bytes. */
export function planDigest(bytes: Uint8Array): Digest {
  return digestOf(bytes);
}

/** Three words that a person compares in Discord and at the terminal before approving. */
export function planWords(plan: Digest): ThreeWords {
  return threeWords(plan, 'awm-plan-words-1');
}
