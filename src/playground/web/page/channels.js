/** The list of channels with their threads, and direct messages. */
import { byId, el } from './dom.js';

/**
 * @param {any} screen
 * @param {string} openId
 * @param {(id: string) => boolean} isUnread
 * @param {(id: string) => void} open
 */
export function showChannels(screen, openId, isUnread, open) {
  const { channels, guild } = screen;
  const threads = channels.filter(({ kind }) => kind === 'thread');
  const direct = channels.filter(({ kind }) => kind === 'direct');
  byId('guild-name').textContent = guild.name;
  const items = channels
    .filter(({ kind }) => kind === 'guild')
    .map((channel) => {
      const own = threads.filter(({ parentId }) => parentId === channel.id);
      return el(
        'li',
        {},
        link(channel),
        own.length > 0 &&
          el(
            'ul',
            {},
            own.map((thread) => el('li', {}, link(thread))),
          ),
      );
    });
  const messages = direct.length > 0 && [
    el('li', { class: 'channel-group' }, 'Direct messages'),
    ...direct.map((channel) => el('li', {}, link(channel))),
  ];
  const list = byId('channel-list');
  const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset['channel'];
  list.replaceChildren(...items, ...(messages || []));
  if (focused !== undefined) list.querySelector(`[data-channel="${focused}"]`)?.focus();

  /** @param {any} channel */
  function link(channel) {
    const { id, isArchived } = channel;
    const unread = isUnread(id);
    return el(
      'button',
      {
        type: 'button',
        'data-channel': id,
        class: `channel${unread ? ' unread' : ''}${isArchived ? ' archived' : ''}`,
        'aria-current': id === openId ? 'page' : undefined,
        onclick: () => open(id),
      },
      el('span', { class: 'channel-mark', 'aria-hidden': 'true' }, markOf(channel)),
      el('span', { class: 'channel-name' }, channel.name),
      unread && el('span', { class: 'dot' }, el('span', { class: 'spoken' }, 'new')),
    );
  }
}

/** @param {any} channel */
function markOf({ kind, isPrivate }) {
  if (kind === 'direct') return '@';
  if (kind === 'thread') return isPrivate ? '⌁' : '↳';
  return '#';
}

/**
 * What a channel is, in a line below its name.
 * @param {any} channel
 */
export function channelAbout({ kind, topic, isPrivate, isArchived }) {
  if (kind === 'direct') return 'Between you and the bot';
  if (kind === 'thread') return `${isPrivate ? 'Private thread' : 'Thread'}${isArchived ? ', archived' : ''}`;
  return topic ?? '';
}
