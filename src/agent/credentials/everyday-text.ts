/** `8080`, `1234567890123456789`, `2025-06-01`. */
const NUMBER = /^[\d.,:+-]+$/;
/** Words, and words with numbers beside them, as in `claude-3-5-sonnet-20241022`. */
const WORDS = /^[A-Za-z]{1,20}(?:[ _.,-][A-Za-z]{1,20})*$/;
const VERSIONED_WORDS = /^[a-z]{2,20}(?:[ _.-](?:[a-z]{1,20}|v?\d{1,8}))*$/;
const PATH = /^(?:(?:~|\.{1,2})(?:\/[\w.@ -]+)+|(?:\/[\w.@ -]+){2,})\/?$/;
const ADDRESS = /^[a-z][a-z0-9+.-]*:\/\/[\w.-]+(?::\d+)?(?:\/(?:[a-z]+|v?\d{1,3}|[._-])*)*$/;
const MAIL = /^[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}$/i;
const HOST = /^[a-z0-9-]{1,20}(?:\.[a-z0-9-]{1,20})*\.[a-z]{2,6}(?::\d+)?$/;

/**
 * True for text that occurs in settings without being a secret: words, numbers, paths, addresses without a user, mail
 * addresses. A password made of plain words is such text too, so this never says alone that something is no secret.
 */
export function isEverydayText(value: string): boolean {
  return [NUMBER, WORDS, VERSIONED_WORDS, PATH, ADDRESS, MAIL, HOST].some((kind) => kind.test(value));
}

/** True for a value that a generator made: long enough, without spaces, letters of both cases mixed with digits. */
export function looksRandom(value: string): boolean {
  if (!/^[\w+/=.~!@#$%^&*-]{10,}$/.test(value) || isEverydayText(value)) return false;
  const kinds = [/[a-z]/, /[A-Z]/, /\d/].filter((kind) => kind.test(value)).length;
  return kinds === 3 || (kinds === 2 && value.length >= 20 && (value.match(/\d/g) ?? []).length >= 3);
}
