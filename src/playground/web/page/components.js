/**
 * Components V2 of a message as elements of the page.
 * @typedef {{ names: import('./markdown-view.js').Names, screen: any, message: any, isOff: boolean, press: (customId: string) => void, select: (customId: string, values: string[]) => void }} Place
 */
import { el } from './dom.js';
import { fileView, pictureView } from './files.js';
import { markdownView } from './markdown-view.js';
import { picker } from './picker.js';
import { selectChoices } from './select-choices.js';

/**
 * @param {any[]} components
 * @param {Place} place
 * @returns {Node[]}
 */
export function componentsView(components, place) {
  return components.map((node) => componentView(node, place));
}

const STYLES = ['', 'primary', 'secondary', 'success', 'danger', 'link'];

/**
 * @param {any} node
 * @param {Place} place
 * @returns {Node}
 */
function componentView(node, place) {
  switch (node.type) {
    case 1:
      return el('div', { class: 'row' }, componentsView(node.components, place));
    case 2:
      return buttonView(node, place);
    case 3:
    case 5:
    case 6:
    case 7:
    case 8:
      return selectView(node, place);
    case 9:
      return el(
        'div',
        { class: 'section' },
        el('div', { class: 'section-text' }, componentsView(node.components, place)),
        componentView(node.accessory, place),
      );
    case 10:
      return el('div', { class: 'text' }, markdownView(node.content, place.names));
    case 11:
      return el('div', { class: 'thumbnail' }, pictureView(node.media, node.description));
    case 12:
      return el(
        'div',
        { class: 'gallery' },
        node.items.map(({ media, description }) => pictureView(media, description)),
      );
    case 13:
      return fileView({ name: node.name, size: node.size, url: node.file.url });
    case 14:
      return node.divider === false
        ? el('div', { class: 'gap' })
        : el('hr', { class: node.spacing === 2 ? 'wide' : undefined });
    case 17:
      return containerView(node, place);
    default:
      return el(
        'p',
        { class: 'subtext' },
        `A component of type ${node.type}, which this page does not know.`,
      );
  }
}

/**
 * @param {any} node
 * @param {Place} place
 */
function containerView({ accent_color: color, components, spoiler }, place) {
  const card = el('div', { class: 'card' }, componentsView(components, place));
  if (typeof color === 'number') card.style.setProperty('--edge', `#${color.toString(16).padStart(6, '0')}`);
  return spoiler === true
    ? el('details', { class: 'spoiler' }, el('summary', {}, 'Hidden: show'), card)
    : card;
}

/**
 * @param {any} node
 * @param {Place} place
 */
function buttonView({ style, label, emoji, url, custom_id: customId, disabled }, { isOff, press }) {
  const words = [emoji?.name && `${emoji.name} `, label];
  const look = `button ${STYLES[style] ?? 'secondary'}`;
  if (url)
    return el(
      'a',
      { class: look, href: safeUrl(url), target: '_blank', rel: 'noopener noreferrer' },
      ...words,
    );
  return el(
    'button',
    {
      type: 'button',
      class: look,
      disabled: disabled === true || isOff,
      'data-custom-id': customId,
      onclick: () => press(customId),
    },
    ...words,
  );
}

/**
 * @param {any} node
 * @param {Place} place
 */
function selectView(node, { screen, isOff, select }) {
  return picker({
    choices: selectChoices(node, screen),
    placeholder: node.placeholder ?? 'Make a choice',
    name: node.custom_id,
    min: node.min_values ?? 1,
    max: node.max_values ?? 1,
    disabled: node.disabled === true || isOff,
    onPick: (values) => select(node.custom_id, values),
  });
}

/** @param {string} url */
function safeUrl(url) {
  return /^https?:\/\//.test(url) ? url : undefined;
}
