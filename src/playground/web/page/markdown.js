/**
 * The blocks of Discord's markdown: headings, subtext, lists, quotes, fenced code, and lines as they are.
 * @typedef {import('./inline-markdown.js').Inline} Inline
 * @typedef {{ children: Inline[], blocks: Block[] }} Item
 * @typedef {{ kind: string, level?: number, children?: Inline[], lines?: Inline[][], text?: string, items?: Item[], start?: number, blocks?: Block[] }} Block
 */
import { parseInline } from './inline-markdown.js';

const FENCE = /^```(?:[\w+-]*\n)?([\s\S]*?)```\n?/;
const HEADING = /^(#{1,3}) +(.+)$/;
const SUBTEXT = /^-# +(.+)$/;
const ITEM = /^( *)([-*]|\d{1,9}\.) +(.+)$/;
const QUOTE = /^> ?(.*)$/;

/**
 * @param {string} source
 * @returns {Block[]}
 */
export function parseMarkdown(source) {
  const fence = source.indexOf('```');
  const fenced = fence < 0 ? null : FENCE.exec(source.slice(fence));
  if (fenced === null) return parseLines(source.split('\n'));
  const before = source.slice(0, fence).replace(/\n$/, '');
  const after = source.slice(fence + fenced[0].length);
  return [
    ...(before === '' ? [] : parseLines(before.split('\n'))),
    { kind: 'fence', text: (fenced[1] ?? '').replace(/\n$/, '') },
    ...(after === '' ? [] : parseMarkdown(after)),
  ];
}

/**
 * @param {string[]} lines
 * @returns {Block[]}
 */
function parseLines(lines) {
  /** @type {Block[]} */
  const blocks = [];
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? '';
    const run = (/** @type {RegExp} */ pattern) => {
      let end = at;
      while (end < lines.length && pattern.test(lines[end] ?? '')) end += 1;
      return lines.slice(at, end);
    };
    const heading = HEADING.exec(line);
    const subtext = SUBTEXT.exec(line);
    if (heading !== null) {
      blocks.push({
        kind: 'heading',
        level: heading[1]?.length ?? 1,
        children: parseInline(heading[2] ?? ''),
      });
      at += 1;
    } else if (subtext !== null) {
      blocks.push({ kind: 'subtext', children: parseInline(subtext[1] ?? '') });
      at += 1;
    } else if (ITEM.test(line)) {
      const items = run(ITEM);
      blocks.push(...parseList(items));
      at += items.length;
    } else if (QUOTE.test(line)) {
      const quoted = run(QUOTE);
      blocks.push({ kind: 'quote', blocks: parseLines(quoted.map((text) => QUOTE.exec(text)?.[1] ?? '')) });
      at += quoted.length;
    } else {
      const previous = blocks.at(-1);
      if (previous?.kind === 'lines') previous.lines?.push(parseInline(line));
      else blocks.push({ kind: 'lines', lines: [parseInline(line)] });
      at += 1;
    }
  }
  return blocks;
}

/**
 * Lines of a list; deeper ones belong to the item above them, and another sort of mark begins another list.
 * @param {string[]} lines
 * @returns {Block[]}
 */
function parseList(lines) {
  /** @type {Block[]} */
  const lists = [];
  const depth = ITEM.exec(lines[0] ?? '')?.[1]?.length ?? 0;
  for (let at = 0; at < lines.length; ) {
    const [, , mark = '-', text = ''] = ITEM.exec(lines[at] ?? '') ?? [];
    let end = at + 1;
    while (end < lines.length && (ITEM.exec(lines[end] ?? '')?.[1]?.length ?? 0) > depth) end += 1;
    const item = {
      children: parseInline(text),
      blocks: end > at + 1 ? parseList(lines.slice(at + 1, end)) : [],
    };
    const isOrdered = /\d/.test(mark);
    const kind = isOrdered ? 'ordered' : 'bullets';
    const previous = lists.at(-1);
    if (previous?.kind === kind) previous.items?.push(item);
    else lists.push({ kind, items: [item], ...(isOrdered ? { start: Number.parseInt(mark, 10) } : {}) });
    at = end;
  }
  return lists;
}
