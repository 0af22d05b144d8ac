import { el } from './dom.js';
import { parseMarkdown } from './markdown.js';
import { timeElement } from './times.js';

/**
 * Names of what ids stand for, on the screen of the person who looks.
 * @typedef {{ channel: (id: string) => string | undefined, user: (id: string) => string | undefined, role: (id: string) => string | undefined, openChannel: (id: string) => void }} Names
 */

/**
 * @param {string} source
 * @param {Names} names
 * @returns {Node[]}
 */
export function markdownView(source, names) {
  return parseMarkdown(source).map((block) => blockView(block, names));
}

/**
 * @param {import('./markdown.js').Block} block
 * @param {Names} names
 * @returns {HTMLElement}
 */
function blockView(block, names) {
  const inside = (/** @type {import('./inline-markdown.js').Inline[]} */ nodes) =>
    nodes.map((node) => inlineView(node, names));
  switch (block.kind) {
    case 'heading':
      // The page's own headings come before those of messages.
      return el(`h${(block.level ?? 1) + 2}`, {}, inside(block.children ?? []));
    case 'subtext':
      return el('p', { class: 'subtext' }, inside(block.children ?? []));
    case 'fence':
      return el('pre', {}, el('code', {}, block.text));
    case 'quote':
      return el(
        'blockquote',
        {},
        (block.blocks ?? []).map((inner) => blockView(inner, names)),
      );
    case 'ordered':
    case 'bullets': {
      const items = (block.items ?? []).map(({ children, blocks }) =>
        el(
          'li',
          {},
          inside(children),
          blocks.map((inner) => blockView(inner, names)),
        ),
      );
      return block.kind === 'ordered' ? el('ol', { start: block.start }, items) : el('ul', {}, items);
    }
    default:
      return el(
        'p',
        {},
        (block.lines ?? []).flatMap((line, index) =>
          index === 0 ? inside(line) : [el('br'), ...inside(line)],
        ),
      );
  }
}

const TAGS = { strong: 'strong', emphasis: 'em', underline: 'u', strike: 's', code: 'code' };

/**
 * @param {import('./inline-markdown.js').Inline} node
 * @param {Names} names
 * @returns {Node | string}
 */
function inlineView(node, names) {
  const { kind, text = '', children = [], href = '', id = '' } = node;
  const inside = () => children.map((child) => inlineView(child, names));
  switch (kind) {
    case 'text':
      return text;
    case 'code':
      return el('code', {}, text);
    case 'time':
      return timeElement(node.seconds ?? 0, node.style ?? 'f');
    case 'channel': {
      const name = names.channel(id);
      if (name === undefined) return el('span', { class: 'mention' }, '# a channel you do not see');
      return el(
        'button',
        { type: 'button', class: 'mention', onclick: () => names.openChannel(id) },
        `# ${name}`,
      );
    }
    case 'user':
      return el('span', { class: 'mention' }, `@${names.user(id) ?? 'somebody'}`);
    case 'role':
      return el('span', { class: 'mention' }, `@${names.role(id) ?? 'a role'}`);
    case 'command':
      return el('span', { class: 'mention' }, text);
    case 'link':
      return el('a', { href, target: '_blank', rel: 'noopener noreferrer' }, inside());
    case 'spoiler':
      return el('details', { class: 'spoiler' }, el('summary', {}, 'Hidden: show'), inside());
    default:
      return el(TAGS[/** @type {keyof typeof TAGS} */ (kind)] ?? 'span', {}, inside());
  }
}
