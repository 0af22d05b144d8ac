/** Who one is, how the bot is, and what can go wrong. */
import { toast } from './announce.js';
import { byId, el } from './dom.js';
import { ask } from './live.js';

const BOT_WORDS = {
  starting: 'The bot is starting',
  ready: 'The bot is running',
  ended: 'The bot has ended',
};

/** @param {keyof typeof BOT_WORDS | 'away'} state */
export function showBot(state) {
  const view = byId('bot-state');
  view.dataset.state = state;
  view.textContent = state === 'away' ? 'The playground is away' : BOT_WORDS[state];
}

/**
 * @param {{ key: string, displayName: string, about: string }[]} personas
 * @param {string} current
 * @param {(key: string) => void} become
 */
export function setUpPersonas(personas, current, become) {
  const select = byId('persona');
  select.replaceChildren(
    ...personas.map(({ key, displayName }) =>
      el('option', { value: key, selected: key === current }, displayName),
    ),
  );
  const tell = () => {
    byId('persona-about').textContent = personas.find(({ key }) => key === select.value)?.about ?? '';
  };
  tell();
  select.onchange = () => {
    tell();
    become(select.value);
  };
}

/** @param {import('./live.js').Trouble[]} troubles */
export function showTroubles(troubles) {
  const list = byId('trouble-list');
  if (list.childElementCount === 0) {
    list.replaceChildren(
      ...troubles.map((trouble) =>
        el('li', {}, trouble.on === undefined ? pressView(trouble) : switchView(trouble)),
      ),
    );
  }
  for (const { name, on } of troubles) {
    const input = list.querySelector(`input[name="${name}"]`);
    if (input !== null) input.checked = on === true;
  }
}

/** @param {import('./live.js').Trouble} trouble */
function switchView({ name, label }) {
  const input = el('input', {
    type: 'checkbox',
    role: 'switch',
    name,
    onchange: () => void make(name, input.checked),
  });
  return el('label', { class: 'tick' }, input, label);
}

/** @param {import('./live.js').Trouble} trouble */
function pressView({ name, label }) {
  const press = () => void make(name, true);
  return el('button', { type: 'button', class: 'button secondary', onclick: press }, label);
}

/**
 * @param {string} name
 * @param {boolean} on
 */
async function make(name, on) {
  const { happened, refused, troubles } = await ask({ ask: 'trouble', name, on });
  toast(happened ?? refused ?? '', refused === undefined ? 'told' : 'refused');
  if (troubles !== undefined) showTroubles(troubles);
}
