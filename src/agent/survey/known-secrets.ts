import type { Secret } from '../../shared/secret.ts';
import { SecretSearch } from '../backup/secret-search.ts';
import { isEverydayText, looksLikeSecretKey, secretPattern } from '../credentials/secret-kinds.ts';

/** Shorter values occur in settings by accident. */
const SHORTEST = 8;
/** A value of a file or section of secrets that is as long as this is no everyday word. */
export const LONG_ENOUGH = 12;

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

/**
 * True for a value whose every occurrence is a leak: in names, keys and what is shown. One made of plain words, as weak
 * passwords are, is also the name of a folder or a project.
 */
export function mustNeverShow(value: Secret, from: 'env' | 'yaml' | 'store'): boolean {
  if (isEverydayText(value.reveal().toString('utf8'))) return false;
  return isSurelySecret(value.name, value) || (from !== 'env' && value.length >= LONG_ENOUGH);
}

/** True for the value of an env file's secret that no setting repeats by accident, whatever the two are called. */
export function isUnmistakable(value: Secret): boolean {
  return value.length >= SHORTEST && !isEverydayText(value.reveal().toString('utf8'));
}
