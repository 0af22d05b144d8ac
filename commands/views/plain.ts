import { safeText } from '../../src/shared/safe-text.ts';

/** What markdown, mentions, links and lists begin with. The address of a link is cut off from its scheme. */
const MEANINGFUL = /[\\`*_~|<>#@[\]]|:(?=\/\/)|^[-+]|(?<=^\d+)\./gu;

/**
 * Text that somebody else chose, for Discord: markdown, mentions, links and invisible characters are shown as they are
 * written and do nothing. Discord's markdown takes a backslash before any punctuation as "this very character".
 */
export function plain(text: string, max = 100): string {
  return safeText(text, max).replace(MEANINGFUL, '\\$&');
}

/** When something happened or will, in the reader's own words and time zone ("2 minutes ago"). `at` is ms since 1970. */
export function relativeTime(at: number): string {
  return `<t:${Math.floor(at / 1000)}:R>`;
}

/** `12 of 48`; the count alone where the whole is not known. */
export function countOf(n: number, of: number): string {
  return of > 0 ? `${n} of ${of}` : String(n);
}
