/**
 * A menu with one or several choices: a button that opens a list. In the list the arrow keys move, Enter and the space bar
 * choose, Escape closes. One choice is taken at once; several are taken with the button below them.
 * @typedef {{ label: string, value: string, description?: string, emoji?: { name?: string | null }, default?: boolean }} Choice
 * @typedef {{ choices: Choice[], placeholder: string, name: string, min: number, max: number, disabled?: boolean, onPick: (values: string[]) => void }} PickerOptions
 */
import { el, newId } from './dom.js';

/**
 * @param {PickerOptions} options
 * @returns {HTMLElement}
 */
export function picker({ choices, placeholder, name, min, max, disabled = false, onPick }) {
  const isMany = max > 1;
  const id = newId();
  let chosen = choices.filter((choice) => choice.default === true).map(({ value }) => value);

  const button = el('button', {
    type: 'button',
    class: 'picker-button',
    disabled,
    'aria-haspopup': 'listbox',
    'aria-expanded': 'false',
    'aria-controls': id,
    onclick: () => toggle(list.hidden),
  });
  const list = el('ul', {
    id,
    role: 'listbox',
    'aria-label': name,
    'aria-multiselectable': isMany,
    class: 'picker-list',
    hidden: true,
  });
  const done = el(
    'button',
    { type: 'button', class: 'button primary', onclick: () => finish() },
    'Choose these',
  );
  const panel = el(
    'div',
    { class: 'picker-panel', hidden: true },
    list,
    isMany && el('div', { class: 'picker-end' }, done),
  );
  const root = el('div', { class: 'picker', 'data-custom-id': name }, button, panel);
  list.append(...choices.map(optionView));
  list.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => move(event));
  root.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== 'Escape' || list.hidden) return;
    event.stopPropagation();
    toggle(false);
    button.focus();
  });
  root.addEventListener('focusout', (/** @type {FocusEvent} */ { relatedTarget }) => {
    if (relatedTarget !== null && !root.contains(/** @type {Node} */ (relatedTarget))) toggle(false);
  });
  draw();
  return root;

  /** @param {Choice} choice */
  function optionView({ label, value, description, emoji }) {
    const words = [emoji?.name && el('span', { 'aria-hidden': 'true' }, `${emoji.name} `), label];
    return el(
      'li',
      { role: 'option', tabindex: '-1', 'data-value': value, onclick: () => choose(value) },
      el('span', { class: 'picker-label' }, ...words),
      description && el('span', { class: 'picker-about' }, description),
    );
  }

  /** @param {string} value */
  function choose(value) {
    if (!isMany) {
      chosen = [value];
      return finish();
    }
    const isChosen = chosen.includes(value);
    if (isChosen) chosen = chosen.filter((other) => other !== value);
    else if (chosen.length < max) chosen = [...chosen, value];
    draw();
  }

  function finish() {
    toggle(false);
    draw();
    button.focus();
    onPick(chosen);
  }

  function draw() {
    const labels = choices.filter(({ value }) => chosen.includes(value)).map(({ label }) => label);
    button.replaceChildren(
      el(
        'span',
        { class: labels.length === 0 ? 'picker-placeholder' : 'picker-label' },
        labels.join(', ') || placeholder,
      ),
    );
    button.setAttribute(
      'aria-label',
      labels.length === 0 ? placeholder : `${placeholder}: ${labels.join(', ')}`,
    );
    for (const option of list.children) {
      option.setAttribute('aria-selected', String(chosen.includes(option.dataset.value)));
    }
    done.disabled = chosen.length < min;
  }

  /** @param {boolean} isOpen */
  function toggle(isOpen) {
    list.hidden = !isOpen;
    panel.hidden = !isOpen;
    button.setAttribute('aria-expanded', String(isOpen));
    if (!isOpen) return;
    panel.scrollIntoView({ block: 'nearest' });
    (list.querySelector('[aria-selected="true"]') ?? list.firstElementChild)?.focus();
  }

  /** @param {KeyboardEvent} event */
  function move(event) {
    const options = [...list.children];
    const at = options.indexOf(document.activeElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: options.length - 1 }[event.key];
    if (event.key === 'Enter' || event.key === ' ') options[at]?.click();
    else if (next !== undefined) options[Math.min(Math.max(next, 0), options.length - 1)]?.focus();
    else return;
    event.preventDefault();
  }
}
