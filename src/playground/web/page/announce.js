import { byId, el } from './dom.js';

const SHOWN_MS = 6000;

/**
 * Says something to those who hear the page. Nothing is seen.
 * @param {string} words
 */
export function announce(words) {
  byId('spoken').textContent = words;
}

/**
 * Shows a short message for a while, and says it.
 * @param {string} words
 * @param {'told' | 'refused'} kind
 */
export function toast(words, kind = 'told') {
  const view = el('div', { class: `toast ${kind}` }, words);
  byId('toasts').append(view);
  setTimeout(() => view.remove(), SHOWN_MS);
}
