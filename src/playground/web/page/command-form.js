import { el } from './dom.js';
import { optionField } from './option-field.js';

/**
 * A chosen command with a field for each option. Enter sends, Escape leaves.
 * @param {{ command: import('./commands.js').Command, channel: any, screen: any, leave: () => void, send: (options: Record<string, unknown>) => void }} given
 * @returns {HTMLElement}
 */
export function commandForm({ command, channel, screen, leave, send }) {
  const fields = command.options.map((option) =>
    optionField(option, { command, channel, screen, values: () => valuesSoFar(option.name) }),
  );
  const form = el(
    'div',
    { class: 'command', role: 'group', 'aria-label': command.usage },
    el(
      'div',
      { class: 'command-head' },
      el('code', {}, command.usage),
      el('span', { class: 'command-about' }, command.description),
    ),
    fields.length > 0 &&
      el(
        'div',
        { class: 'command-fields' },
        fields.map(({ view }) => view),
      ),
    el(
      'div',
      { class: 'command-end' },
      el(
        'button',
        { type: 'button', class: 'button primary', 'data-send': '', onclick: () => void submit() },
        'Send',
      ),
      el('button', { type: 'button', class: 'button secondary', onclick: leave }, 'Leave it'),
    ),
  );
  form.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => {
    if (event.key === 'Escape') leave();
    else if (event.key === 'Enter' && /** @type {HTMLElement} */ (event.target).matches('input'))
      void submit();
    else return;
    event.preventDefault();
  });
  return form;

  async function submit() {
    const invalid = fields.find(({ view }) =>
      [...view.querySelectorAll('input, select')].some(
        (control) => !(/** @type {any} */ (control).reportValidity()),
      ),
    );
    if (invalid !== undefined) return;
    const values = await Promise.all(fields.map(async ({ name, read }) => [name, await read()]));
    send(Object.fromEntries(values.filter(([, value]) => value !== undefined)));
  }

  /** Text of the other fields, for autocompletion. @param {string} focused */
  function valuesSoFar(focused) {
    const entries = fields
      .map(({ name, peek }) => [name, peek()])
      .filter(([name, value]) => name === focused || (value !== undefined && value !== ''));
    return Object.fromEntries(entries);
  }
}
