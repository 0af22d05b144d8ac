import { componentsView } from './components.js';
import { el } from './dom.js';
import { attachmentView } from './files.js';
import { markdownView } from './markdown-view.js';

export const EPHEMERAL = 64;
const LOADING = 128;
const V2 = 32768;

/**
 * @typedef {import('./components.js').Place & { used: string | undefined, failed: boolean, waiting: boolean, dismiss: () => void }} MessagePlace
 */

/**
 * One message with its author and everything in it.
 * @param {any} message
 * @param {MessagePlace} place
 * @returns {HTMLElement}
 */
export function messageView(message, place) {
  const { author, flags = 0 } = message;
  const name = author.global_name ?? author.username;
  const isEphemeral = (flags & EPHEMERAL) !== 0;
  return el(
    'article',
    {
      class: isEphemeral ? 'message ephemeral' : 'message',
      'aria-label': `${name}, ${clock(message.timestamp)}`,
    },
    usedView(message, place),
    avatarView(name, author.bot === true),
    el(
      'header',
      {},
      el('span', { class: 'author' }, name),
      author.bot === true && el('span', { class: 'tag' }, 'App'),
      el('time', { datetime: message.timestamp, class: 'when' }, clock(message.timestamp)),
    ),
    el('div', { class: 'body' }, bodyView(message, place)),
    place.waiting && el('p', { class: 'note' }, 'Waiting for an answer…'),
    place.failed &&
      el('p', { class: 'note failed', role: 'alert' }, 'This interaction failed: no answer came in time.'),
    isEphemeral &&
      el(
        'p',
        { class: 'note' },
        'Only you can see this. ',
        el('button', { type: 'button', class: 'plain', onclick: place.dismiss }, 'Dismiss'),
      ),
  );
}

/**
 * @param {any} message
 * @param {MessagePlace} place
 */
function bodyView(message, place) {
  const { flags = 0, content, components = [], embeds = [], attachments = [], author } = message;
  if ((flags & LOADING) !== 0) {
    const dots = el('span', { class: 'dots', 'aria-hidden': 'true' }, el('i'), el('i'), el('i'));
    return [el('p', { class: 'thinking' }, dots, `${author.global_name ?? author.username} is thinking…`)];
  }
  const isV2 = (flags & V2) !== 0;
  return [
    ...(content ? [el('div', { class: 'text' }, markdownView(content, place.names))] : []),
    ...embeds.map((embed) => embedView(embed, place)),
    // Files of a message with components are shown where a component names them.
    ...(isV2 ? [] : attachments.map(attachmentView)),
    ...componentsView(components, place),
    ...(message.type === 18 ? [el('p', { class: 'subtext' }, 'A thread was begun here.')] : []),
  ];
}

/**
 * @param {any} embed
 * @param {MessagePlace} place
 */
function embedView({ title, description, fields = [] }, { names }) {
  return el(
    'div',
    { class: 'card' },
    title && el('h4', {}, title),
    description && markdownView(description, names),
    fields.map(({ name, value }) => el('div', {}, el('strong', {}, name), markdownView(value, names))),
  );
}

/**
 * Who did what that the message answers.
 * @param {any} message
 * @param {MessagePlace} place
 */
function usedView(message, { used }) {
  const user = message.interaction_metadata?.user;
  if (used === undefined || user === undefined) return undefined;
  return el('p', { class: 'used' }, `${user.global_name ?? user.username} used `, el('code', {}, used));
}

/**
 * @param {string} name
 * @param {boolean} isBot
 */
function avatarView(name, isBot) {
  const words = name.replace(/^(The|A) /, '').split(/\s+/);
  const letters = words.slice(0, 2).map((word) => word.slice(0, 1).toUpperCase());
  const hue = [...name].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) % 360, 7);
  const avatar = el(
    'span',
    { class: isBot ? 'avatar bot' : 'avatar', 'aria-hidden': 'true' },
    letters.join(''),
  );
  avatar.style.setProperty('--hue', String(hue));
  return avatar;
}

/** @param {string} iso */
function clock(iso) {
  return new Date(iso).toLocaleTimeString('en', { hour: '2-digit', minute: '2-digit', hour12: false });
}

/**
 * The first words of a message, for those who hear the page.
 * @param {HTMLElement} view
 */
export function firstWords(view) {
  const text = view.querySelector('h3, h4, h5, .text p, .thinking')?.textContent ?? '';
  return text.trim().slice(0, 120);
}
