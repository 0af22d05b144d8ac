/** The messages of the open channel. Those that stay the same are left alone, so that nothing moves under the fingers. */

import { announce } from './announce.js';
import { byId, el } from './dom.js';
import { firstWords, messageView } from './message.js';

/** Nearer than so many pixels to the end, the list follows new messages. */
const NEAR = 80;

/** @type {Map<string, { key: string, view: HTMLElement, item: HTMLElement }>} */
let shown = new Map();
let shownChannel = '';
let isAtEnd = true;

/** Makes the list stay at its end when it gets smaller. Called once. */
export function setUpMessages() {
  const list = byId('messages');
  list.addEventListener('scroll', () => {
    isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR;
  });
  new ResizeObserver(() => {
    if (isAtEnd) list.scrollTop = list.scrollHeight;
  }).observe(list);
}

/**
 * @param {string} channelId
 * @param {{ id: string, key: string, place: import('./message.js').MessagePlace }[]} entries oldest first
 * @param {{ about: string, failed: boolean }[]} loose what was done and has no message yet
 */
export function showMessages(channelId, entries, loose) {
  const list = byId('messages');
  const isSame = shownChannel === channelId;
  const follows = !isSame || isAtEnd;
  const focus = isSame ? focusedControl(list) : undefined;
  if (!isSame) shown = new Map();
  shownChannel = channelId;

  const next = new Map();
  for (const { id, key, place } of entries) {
    const known = shown.get(id);
    if (known?.key === key) {
      next.set(id, known);
      continue;
    }
    const view = messageView(place.message, place);
    if (isSame)
      announce(`${place.message.author.global_name ?? place.message.author.username}: ${firstWords(view)}`);
    const item = known?.item ?? el('li', { 'data-message': id });
    item.replaceChildren(view);
    next.set(id, { key, view, item });
  }
  shown = next;
  const items = [...next.values()].map(({ item }) => item);
  const rest = loose.map(({ about, failed }) =>
    el(
      'li',
      { class: failed ? 'loose failed' : 'loose' },
      failed ? `The bot did not answer ${about} in time.` : `${about} is on its way…`,
    ),
  );
  arrange(list, [...items, ...rest]);
  if (entries.length === 0 && rest.length === 0)
    arrange(list, [el('li', { class: 'loose' }, 'Nothing has been written here yet.')]);
  if (follows) list.scrollTop = list.scrollHeight;
  restore(list, focus);
}

/**
 * Puts the items in their order without touching those that are there already.
 * @param {HTMLElement} list
 * @param {HTMLElement[]} items
 */
function arrange(list, items) {
  for (const child of [...list.children]) if (!items.includes(/** @type {any} */ (child))) child.remove();
  items.forEach((item, index) => {
    if (list.children[index] !== item) list.insertBefore(item, list.children[index] ?? null);
  });
}

/**
 * Which control of which message has the focus, so that it comes back when the message is drawn anew.
 * @param {HTMLElement} list
 */
function focusedControl(list) {
  const active = document.activeElement;
  if (active === null || !list.contains(active)) return undefined;
  return {
    message: active.closest('[data-message]')?.getAttribute('data-message'),
    control: active.closest('[data-custom-id]')?.getAttribute('data-custom-id'),
  };
}

/**
 * @param {HTMLElement} list
 * @param {{ message: string | null | undefined, control: string | null | undefined } | undefined} focus
 */
function restore(list, focus) {
  if (focus === undefined || list.contains(document.activeElement)) return;
  const item = [...list.children].find((child) => child.getAttribute('data-message') === focus.message);
  const controls = [...(item?.querySelectorAll('[data-custom-id]') ?? [])];
  const same = controls.find((control) => control.getAttribute('data-custom-id') === focus.control);
  // The card has gone on: its first control is where the person goes on, too.
  const control = same ?? controls[0] ?? list;
  const target = control.matches('.picker') ? control.querySelector('button') : control;
  /** @type {any} */ (target)?.focus({ preventScroll: true });
}
