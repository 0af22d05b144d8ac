/** The fields of a modal, each with its label, by the type of its component. */
import { el, newId } from './dom.js';
import { picker } from './picker.js';
import { readFile } from './read-file.js';
import { selectChoices } from './select-choices.js';

/** @typedef {{ name: string, view: HTMLElement, read: () => Promise<unknown> }} ModalField */

const TEXT = 4;
const FILES = 19;
const RADIO = 21;
const CHECKBOXES = 22;
const CHECKBOX = 23;

/**
 * @param {any} node
 * @param {string} label
 * @param {string | undefined} about
 * @param {any} screen
 * @returns {ModalField}
 */
export function modalField(node, label, about, screen) {
  const name = node.custom_id;
  const isRequired = node.type !== CHECKBOX && node.required !== false;
  const caption = [
    label,
    isRequired && el('span', { class: 'needed' }, ' *', el('span', { class: 'spoken' }, ' required')),
  ];
  const description = about && el('p', { class: 'option-about' }, about);
  switch (node.type) {
    case TEXT:
      return textField(node, caption, description, isRequired);
    case FILES:
      return fileField(node, caption, description, isRequired);
    case CHECKBOX: {
      const input = el('input', { type: 'checkbox', checked: node.default === true });
      return {
        name,
        view: el('div', { class: 'field' }, el('label', { class: 'tick' }, input, label), description),
        read: async () => input.checked,
      };
    }
    case RADIO:
    case CHECKBOXES:
      return groupField(node, caption, description, isRequired);
    default: {
      /** @type {string[] | undefined} */
      let picked;
      const menu = picker({
        choices: selectChoices(node, screen),
        placeholder: node.placeholder ?? 'Make a choice',
        name: label,
        min: isRequired ? (node.min_values ?? 1) : 0,
        max: node.max_values ?? 1,
        onPick: (values) => {
          picked = values;
        },
      });
      return {
        name,
        view: el('div', { class: 'field' }, el('span', { class: 'caption' }, ...caption), description, menu),
        read: async () => picked,
      };
    }
  }
}

/**
 * @param {any} node
 * @param {any[]} caption
 * @param {any} about
 * @param {boolean} required
 * @returns {ModalField}
 */
function textField(node, caption, about, required) {
  const id = newId();
  const isLong = node.style === 2;
  const input = el(isLong ? 'textarea' : 'input', {
    id,
    type: isLong ? undefined : 'text',
    rows: isLong ? 5 : undefined,
    required,
    minlength: node.min_length,
    maxlength: node.max_length ?? 4000,
    placeholder: node.placeholder,
    autocomplete: 'off',
  });
  input.value = node.value ?? '';
  const view = el('div', { class: 'field' }, el('label', { for: id }, ...caption), about, input);
  return { name: node.custom_id, view, read: async () => input.value };
}

/**
 * @param {any} node
 * @param {any[]} caption
 * @param {any} about
 * @param {boolean} required
 * @returns {ModalField}
 */
function fileField(node, caption, about, required) {
  const id = newId();
  const accept = (node.file_types ?? []).map((/** @type {string} */ type) =>
    type.startsWith('.') ? type : `${type}/*`,
  );
  const input = el('input', {
    id,
    type: 'file',
    multiple: (node.max_values ?? 1) > 1,
    required,
    accept: accept.join(',') || undefined,
  });
  const view = el('div', { class: 'field' }, el('label', { for: id }, ...caption), about, input);
  return { name: node.custom_id, view, read: () => Promise.all([...input.files].map(readFile)) };
}

/**
 * @param {any} node
 * @param {any[]} caption
 * @param {any} about
 * @param {boolean} required
 * @returns {ModalField}
 */
function groupField(node, caption, about, required) {
  const isRadio = node.type === RADIO;
  const group = newId();
  const inputs = node.options.map(({ value, default: isChosen }) =>
    el('input', {
      type: isRadio ? 'radio' : 'checkbox',
      name: group,
      value,
      checked: isChosen === true,
      required: isRadio && required,
    }),
  );
  const lines = node.options.map((option, /** @type {number} */ index) =>
    el(
      'label',
      { class: 'tick' },
      inputs[index],
      el(
        'span',
        {},
        option.label,
        option.description && el('span', { class: 'option-about' }, option.description),
      ),
    ),
  );
  const read = async () => {
    const values = inputs.filter(({ checked }) => checked).map(({ value }) => value);
    return isRadio ? (values[0] ?? null) : values;
  };
  return {
    name: node.custom_id,
    view: el('fieldset', { class: 'field' }, el('legend', {}, ...caption), about, lines),
    read,
  };
}
