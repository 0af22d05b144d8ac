/** One option of a slash command as a labelled field, by the option's type. */
import { el, newId } from './dom.js';
import { ask } from './live.js';
import { readFile } from './read-file.js';
import { selectChoices } from './select-choices.js';
import { suggestions } from './suggestions.js';

const INTEGER = 4;
const BOOLEAN = 5;
const NUMBER = 10;
const ATTACHMENT = 11;
/** Types of options that name a member, channel, role or any of them, with the type of the select that offers the same. */
const NAMING = /** @type {Record<number, number>} */ ({ 6: 5, 7: 8, 8: 6, 9: 7 });

/**
 * @typedef {{ name: string, view: HTMLElement, read: () => Promise<unknown>, peek: () => unknown }} OptionField
 * @param {any} option
 * @param {{ command: import('./commands.js').Command, channel: any, screen: any, values: () => Record<string, unknown> }} place
 * @returns {OptionField}
 */
export function optionField(option, place) {
  const id = newId();
  const { name, type, required = false, description } = option;
  const control = controlOf(option, id, place);
  const label = el('label', { for: id }, name, !required && el('span', { class: 'optional' }, 'optional'));
  const view = el(
    'div',
    { class: 'option' },
    label,
    control.view,
    el('span', { class: 'option-about' }, description),
  );
  const peek = () => typed(type, control.value());
  const read = async () => {
    const files = /** @type {FileList | undefined} */ (control.files?.());
    if (type !== ATTACHMENT) return peek();
    return files?.[0] === undefined ? undefined : await readFile(files[0]);
  };
  return { name, view, peek: type === ATTACHMENT ? () => undefined : peek, read };
}

/**
 * @param {number} type
 * @param {string} text
 */
function typed(type, text) {
  if (text === '') return undefined;
  if (type === INTEGER || type === NUMBER) return Number(text);
  return type === BOOLEAN ? text === 'true' : text;
}

/**
 * @param {any} option
 * @param {string} id
 * @param {any} place
 * @returns {{ view: HTMLElement, value: () => string, files?: () => FileList | null }}
 */
function controlOf(option, id, place) {
  const { type, required = false, choices = [], autocomplete = false } = option;
  const offered =
    type === BOOLEAN
      ? [
          { name: 'yes', value: 'true' },
          { name: 'no', value: 'false' },
        ]
      : NAMING[type] === undefined
        ? choices
        : selectChoices({ type: NAMING[type] }, place.screen).map(({ label, value }) => ({
            name: label,
            value,
          }));
  if (offered.length > 0) {
    const options = offered.map((choice) => el('option', { value: choice.value }, choice.name));
    const select = el(
      'select',
      { id, required },
      el('option', { value: '' }, required ? 'Choose' : 'Leave out'),
      options,
    );
    return { view: select, value: () => select.value };
  }
  if (type === ATTACHMENT) {
    const input = el('input', { id, type: 'file', required });
    return { view: input, value: () => '', files: () => input.files };
  }
  const isNumber = type === INTEGER || type === NUMBER;
  const input = el('input', {
    id,
    type: isNumber ? 'number' : 'text',
    step: type === NUMBER ? 'any' : undefined,
    required,
    min: option.min_value,
    max: option.max_value,
    minlength: option.min_length,
    maxlength: option.max_length,
    autocomplete: 'off',
  });
  return autocomplete ? completing(option, input, place) : { view: input, value: () => input.value };
}

/**
 * A field that the bot completes. What is sent is the value of the choice whose name stands in the field.
 * @param {any} option
 * @param {any} input
 * @param {any} place
 */
function completing(option, input, { command, channel, values }) {
  /** @type {Map<string, string>} */
  const known = new Map();
  const list = suggestions({
    input,
    id: newId(),
    name: option.name,
    opensAtOnce: option.required === true,
    find: async (typed) => {
      const options = { ...values(), [option.name]: typed };
      const { choices = [] } = await ask({
        ask: 'complete',
        channel: channel.id,
        command: command.usage,
        options,
        focused: option.name,
      });
      for (const { name, value } of choices) known.set(name, String(value));
      return choices.map(({ name, value }) => ({
        label: name,
        about: name === String(value) ? undefined : String(value),
        value: name,
      }));
    },
    pick: ({ value }) => {
      input.value = value;
    },
  });
  input.placeholder = 'Type, or press ↓ for what there is';
  const view = el('div', { class: 'completing' }, list, input);
  return { view, value: () => known.get(input.value) ?? input.value };
}
