import type { CST } from 'yaml';
import { linesAfter } from './block-map-splice.ts';
import { columnOf, contentEnd, itemEnd, lineEnd } from './source-span.ts';
import type { Splice } from './splice.ts';
import { itemLines } from './write-yaml.ts';
import type { YamlNode } from './yaml-node.ts';

/** Another value for an item of a block list, or a new item after the last one. */
export function blockListSplice(
  text: string,
  list: CST.BlockSequence,
  key: string,
  node: YamlNode,
): Splice | undefined {
  const dashes = list.items.flatMap((item) => {
    const dash = item.start.find(({ type }) => type === 'seq-item-ind');
    return dash === undefined ? [] : [{ item, at: dash.offset }];
  });
  const [first] = dashes;
  const index = Number(key);
  if (first === undefined || index > dashes.length) return undefined;
  const indent = ' '.repeat(columnOf(text, first.at));
  const lines = itemLines(node, indent);
  const old = dashes[index];
  if (old === undefined) return linesAfter(text, contentEnd(list), lines);
  const end = itemEnd(old.item);
  const by = lines.join('\n').slice(indent.length);
  if (text[end - 1] === '\n') return { start: old.at, end, by: `${by}\n` };
  const inline = lines.length === 1 && !text.slice(old.at, end).includes('\n');
  return { start: old.at, end: inline ? end : lineEnd(text, end), by };
}
