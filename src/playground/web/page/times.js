import { el } from './dom.js';

/** Units with their length in seconds, the longest first. */
const UNITS = /** @type {const} */ ([
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
]);
const RELATIVE = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

/** @type {Record<string, Intl.DateTimeFormatOptions>} */
const STYLES = {
  t: { timeStyle: 'short' },
  T: { timeStyle: 'medium' },
  d: { dateStyle: 'short' },
  D: { dateStyle: 'long' },
  f: { dateStyle: 'long', timeStyle: 'short' },
  F: { dateStyle: 'full', timeStyle: 'short' },
};

/**
 * "in 5 minutes", "2 hours ago".
 * @param {number} seconds since 1970
 * @param {number} now the same
 */
export function relativeWords(seconds, now) {
  const distance = Math.round(seconds - now);
  const [unit, length] = UNITS.find(([, size]) => Math.abs(distance) >= size) ?? ['second', 1];
  return RELATIVE.format(Math.trunc(distance / length), unit);
}

/**
 * A time of a message, `<t:…>`; relative ones are kept right by `keepTimes`.
 * @param {number} seconds
 * @param {string} style
 * @returns {HTMLTimeElement}
 */
export function timeElement(seconds, style) {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return el('time', {}, 'an impossible time');
  const whole = date.toLocaleString('en', STYLES['F']);
  const words =
    style === 'R' ? relativeWords(seconds, Date.now() / 1000) : date.toLocaleString('en', STYLES[style]);
  const relative = style === 'R' ? seconds : undefined;
  return el('time', { datetime: date.toISOString(), title: whole, 'data-relative': relative }, words);
}

/** Brings the relative times of the page up to date, now and then. */
export function keepTimes() {
  setInterval(() => {
    for (const element of document.querySelectorAll('time[data-relative]')) {
      const words = relativeWords(Number(element.getAttribute('data-relative')), Date.now() / 1000);
      if (element.textContent !== words) element.textContent = words;
    }
  }, 1000);
}
