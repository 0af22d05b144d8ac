import type { Secret } from '../../shared/secret.ts';
import { SecretSearch } from '../backup/secret-search.ts';
import { looksLikeSecretKey, secretPattern } from '../credentials/secret-kinds.ts';

/** Shorter values occur in settings by accident. */
const SHORTEST = 8;

/**
 * True for a value that no setting may repeat in clear. Env files also hold words such as a project's name, which count
 * as secrets because nobody can tell; those are not looked for in other files.
 */
export function isSurelySecret(name: string, value: Secret): boolean {
  if (value.length < SHORTEST) return false;
  return looksLikeSecretKey(name) || secretPattern(value.reveal().toString('utf8')) !== undefined;
}

/** Tells whether a setting's text repeats one of these values, alone or inside a longer text. */
export function searchFor(values: readonly Secret[]): (text: string) => boolean {
  const search = new SecretSearch(values);
  return (text) => search.isIn(Buffer.from(text, 'utf8'));
}
