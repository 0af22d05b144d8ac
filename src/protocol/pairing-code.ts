import { randomInt } from 'node:crypto';
import { FORMS } from './ids.ts';

/** Letters that nobody mistakes for one another, and no vowels, so that no word comes out. */
const LETTERS = 'BCDFGHJKLMNPQRSTVWXZ';
const HALF = 4;

/**
 * What names an open pairing of another machine: eight letters, 34 bits, such as `WDJB-MJHT`. It is shown at the terminal
 * and typed in Discord; on its own it gives nobody anything.
 */
export function newPairingCode(): string {
  const half = () => Array.from({ length: HALF }, () => LETTERS[randomInt(LETTERS.length)]).join('');
  return `${half()}-${half()}`;
}

/** A code as a person types it: small letters, spaces, no hyphen. Undefined if it cannot be one. */
export function readPairingCode(typed: string): string | undefined {
  const letters = typed.toUpperCase().replace(/[\s-]/gu, '');
  const code = `${letters.slice(0, HALF)}-${letters.slice(HALF)}`;
  return new RegExp(FORMS.pairingCode).test(code) ? code : undefined;
}
