/** What the person's screen shows now: the open channel, what is unread, what was dismissed. */

import { toast } from './announce.js';
import { channelAbout, showChannels } from './channels.js';
import { commandLines } from './commands.js';
import { placeComposer } from './composer.js';
import { byId } from './dom.js';
import { ask } from './live.js';
import { showMessages } from './message-list.js';
import { showModal } from './modal.js';
import { showPane } from './panes.js';

const FIRST_CHANNEL = 'migration-help';

/** @type {any} */
let screen;
/** By person: the channel that is open, the last message seen in each channel, dismissed messages.
 * @type {Map<string, { open: string, seen: Map<string, string>, dismissed: Set<string> }>} */
const places = new Map();

/** @param {any} next the screen of one person, as the playground tells it */
export function showScreen(next) {
  screen = next;
  draw();
}

/** Text of every card that this person sees. */
export function cardText() {
  return screen === undefined ? '' : JSON.stringify(screen.messages);
}

function place() {
  const id = screen.user.id;
  const known = places.get(id);
  const isThere = (/** @type {string | undefined} */ open) =>
    screen.channels.some((channel) => channel.id === open);
  if (known !== undefined && isThere(known.open)) return known;
  const first = screen.channels.find(({ name }) => name === FIRST_CHANNEL) ?? screen.channels[0];
  const fresh = { open: first.id, seen: known?.seen ?? new Map(), dismissed: known?.dismissed ?? new Set() };
  places.set(id, fresh);
  return fresh;
}

/** @param {string} id */
function openChannel(id) {
  place().open = id;
  showPane('chat');
  draw();
}

function draw() {
  const { open, seen, dismissed } = place();
  const { channels, messages, interactions } = screen;
  const channel = channels.find(({ id }) => id === open);
  const here = messages[open].filter(({ id }) => !dismissed.has(id));
  const last = messages[open].at(-1)?.id;
  if (last !== undefined) seen.set(open, last);
  const isUnread = (/** @type {string} */ id) => (messages[id].at(-1)?.id ?? '0') !== (seen.get(id) ?? '0');

  showChannels(screen, open, isUnread, openChannel);
  byId('channel-name').textContent = `${channel.kind === 'guild' ? '# ' : ''}${channel.name}`;
  byId('channel-about').textContent = channelAbout(channel);
  showMessages(
    `${screen.user.id} ${open}`,
    here.map((message) => entryOf(message, channel)),
    interactions
      .filter(({ channelId, sourceId }) => channelId === open && sourceId === null)
      .filter(({ about }) => !about.startsWith('typing '))
      .map(({ about, state }) => ({ about, failed: state === 'expired' })),
  );
  placeComposer(channel, commandLines(screen.commands, channel.commandIds), screen);
  showModal(screen.modal, screen, names());
}

/**
 * @param {any} message
 * @param {any} channel
 */
function entryOf(message, channel) {
  const { id } = message;
  const own = screen.interactions.filter(({ sourceId }) => sourceId === id);
  const waiting = own.some(({ state }) => state === 'waiting');
  const failed = !waiting && own.at(-1)?.state === 'expired';
  const used = screen.used[id];
  const isOff = channel.isArchived || waiting;
  const act = async (what) => {
    const { refused } = await ask(what);
    if (refused !== undefined) toast(refused, 'refused');
  };
  return {
    id,
    key: JSON.stringify([message, failed, waiting, isOff, used]),
    place: {
      message,
      screen,
      names: names(),
      isOff,
      used,
      failed,
      waiting,
      press: (/** @type {string} */ button) => void act({ ask: 'press', message: id, button }),
      select: (/** @type {string} */ select, /** @type {string[]} */ values) =>
        void act({ ask: 'select', message: id, select, values }),
      dismiss: () => {
        place().dismissed.add(id);
        draw();
      },
    },
  };
}

function names() {
  const named = (list, /** @type {string} */ key) => (/** @type {string} */ id) =>
    list.find((one) => one.id === id)?.[key];
  return {
    channel: named(screen.channels, 'name'),
    user: named(screen.members, 'displayName'),
    role: named(screen.roles, 'name'),
    openChannel,
  };
}
