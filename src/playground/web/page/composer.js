/** The message box: text, or a slash command with its options. */
import { toast } from './announce.js';
import { commandForm } from './command-form.js';
import { matching } from './commands.js';
import { byId, newId } from './dom.js';
import { ask } from './live.js';
import { suggestions } from './suggestions.js';

/** @type {{ channel: any, commands: import('./commands.js').Command[], screen: any }} */
let place = { channel: undefined, commands: [], screen: undefined };
let isFilling = false;

/**
 * Where the box writes to now.
 * @param {any} channel
 * @param {import('./commands.js').Command[]} commands
 * @param {any} screen
 */
export function placeComposer(channel, commands, screen) {
  const isOther = channel.id !== place.channel?.id || screen.user.id !== place.screen?.user.id;
  place = { channel, commands, screen };
  const box = byId('message-box');
  box.disabled = !channel.canSend;
  box.placeholder = channel.canSend ? `Write, or type / for commands` : 'You cannot write here';
  if (isOther && isFilling) leaveCommand(false);
}

/** Makes the box work. Called once. */
export function setUpComposer() {
  const box = byId('message-box');
  const listId = newId();
  const list = suggestions({
    input: box,
    id: listId,
    name: 'Commands',
    find: async (typed) =>
      typed.startsWith('/')
        ? matching(place.commands, typed).map((command) => ({
            label: command.usage,
            about: command.description,
            value: command,
          }))
        : [],
    pick: ({ value }) => fill(value),
  });
  byId('composer').prepend(list);
  byId('composer').addEventListener('submit', (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    if (!isFilling) void say(box);
  });
}

/**
 * Puts a command into the box, ready to be sent.
 * @param {string} usage
 */
export function proposeCommand(usage) {
  const command = place.commands.find((other) => other.usage === usage);
  if (command === undefined) toast(`${usage} is not offered here.`, 'refused');
  else fill(command);
}

/** @param {any} box */
async function say(box) {
  const text = box.value.trim();
  if (text === '') return;
  if (text.startsWith('/')) {
    const [command] = matching(place.commands, text);
    return command === undefined ? toast(`There is no command ${text}.`, 'refused') : fill(command);
  }
  box.value = '';
  const { refused } = await ask({ ask: 'say', channel: place.channel.id, text });
  if (refused !== undefined) toast(refused, 'refused');
}

/** @param {import('./commands.js').Command} command */
function fill(command) {
  const { channel, screen } = place;
  isFilling = true;
  byId('composer-line').hidden = true;
  byId('command-form').replaceChildren(
    commandForm({
      command,
      channel,
      screen,
      leave: () => leaveCommand(true),
      send: (options) => send(command, channel, options),
    }),
  );
  const form = byId('command-form');
  (form.querySelector(':required') ?? form.querySelector('[data-send]')).focus();
}

/**
 * @param {import('./commands.js').Command} command
 * @param {any} channel
 * @param {Record<string, unknown>} options
 */
async function send({ usage }, channel, options) {
  const { refused } = await ask({ ask: 'slash', channel: channel.id, command: usage, options });
  if (refused === undefined) leaveCommand(true);
  else toast(refused, 'refused');
}

/** @param {boolean} withFocus */
function leaveCommand(withFocus) {
  isFilling = false;
  const box = byId('message-box');
  byId('command-form').replaceChildren();
  byId('composer-line').hidden = false;
  box.value = '';
  if (withFocus) box.focus();
}
