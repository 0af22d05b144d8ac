/**
 * A list of suggestions above a text field (the combobox pattern): the field keeps the focus, the arrow keys move, Enter and
 * Tab take, Escape closes.
 * @typedef {{ label: string, about?: string, value: any }} Suggestion
 * @typedef {{ input: any, id: string, name: string, opensAtOnce?: boolean, find: (typed: string) => Promise<Suggestion[]>, pick: (suggestion: Suggestion) => void }} SuggestionsOptions
 */
import { el } from './dom.js';

/**
 * @param {SuggestionsOptions} options
 * @returns {HTMLElement}
 */
export function suggestions({ input, id, name, opensAtOnce = true, find, pick }) {
  const list = el('ul', { id, role: 'listbox', 'aria-label': name, class: 'suggestions', hidden: true });
  /** @type {Suggestion[]} */
  let offered = [];
  let at = 0;
  let asked = 0;
  input.setAttribute('role', 'combobox');
  input.setAttribute('aria-autocomplete', 'list');
  input.setAttribute('aria-controls', id);
  input.setAttribute('autocomplete', 'off');
  close();

  input.addEventListener('input', () => void look());
  if (opensAtOnce) input.addEventListener('focus', () => void look());
  input.addEventListener('blur', () => close());
  input.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => {
    if (list.hidden && event.key === 'ArrowDown') void look();
    if (list.hidden) return;
    if (event.key === 'ArrowDown') mark((at + 1) % offered.length);
    else if (event.key === 'ArrowUp') mark((at + offered.length - 1) % offered.length);
    else if (event.key === 'Escape') close();
    else if (event.key === 'Enter' || (event.key === 'Tab' && !event.shiftKey)) take(at);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  return list;

  async function look() {
    asked += 1;
    const mine = asked;
    const found = await find(input.value);
    // A later letter has asked anew meanwhile.
    if (mine !== asked) return;
    offered = found;
    list.replaceChildren(...found.map(optionView));
    if (found.length === 0 || document.activeElement !== input) return close();
    list.hidden = false;
    input.setAttribute('aria-expanded', 'true');
    mark(0);
  }

  /**
   * @param {Suggestion} suggestion
   * @param {number} index
   */
  function optionView({ label, about }, index) {
    return el(
      'li',
      // The field must not lose the focus before the click has come.
      {
        role: 'option',
        id: `${id}-${index}`,
        onmousedown: (/** @type {Event} */ event) => event.preventDefault(),
        onclick: () => take(index),
      },
      el('span', { class: 'suggestion-label' }, label),
      about && el('span', { class: 'suggestion-about' }, about),
    );
  }

  /** @param {number} index */
  function mark(index) {
    at = index;
    for (const [place, option] of [...list.children].entries())
      option.setAttribute('aria-selected', String(place === index));
    input.setAttribute('aria-activedescendant', `${id}-${index}`);
    list.children[index]?.scrollIntoView({ block: 'nearest' });
  }

  /** @param {number} index */
  function take(index) {
    const suggestion = offered[index];
    close();
    asked += 1;
    if (suggestion !== undefined) pick(suggestion);
  }

  function close() {
    list.hidden = true;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
  }
}
