import type { CST } from 'yaml';
import { blockColumn, columnOf, contentEnd, itemEnd, itemStart, lineEnd } from './source-span.ts';
import type { Splice } from './splice.ts';
import { entryLines, valueLines } from './write-yaml.ts';
import type { YamlEntry, YamlNode } from './yaml-node.ts';

/** New entries after the last one of a block map, before the comments that follow it. */
export function newEntriesSplice(text: string, map: CST.BlockMap, entries: readonly YamlEntry[]): Splice {
  const indent = ' '.repeat(blockColumn(text, map));
  return linesAfter(
    text,
    contentEnd(map),
    entries.flatMap((entry) => entryLines(entry, indent)),
  );
}

/** Whole lines after the line that `end` lies on; `end` is behind the line feed when block text ends there. */
export function linesAfter(text: string, end: number, lines: readonly string[]): Splice {
  if (text[end - 1] === '\n') return { start: end, end, by: `${lines.join('\n')}\n` };
  const at = lineEnd(text, end);
  return { start: at, end: at, by: `\n${lines.join('\n')}` };
}

/**
 * Another value for an entry of a block map, from its colon on. A comment behind the key or behind a value of one line
 * stays where it is; the spaces after the colon too.
 */
export function blockMapSplice(text: string, item: CST.CollectionItem, node: YamlNode): Splice | undefined {
  const colon = item.sep?.find(({ type }) => type === 'map-value-ind');
  if (colon === undefined) return undefined;
  const start = colon.offset + 1;
  const indent = ' '.repeat(columnOf(text, itemStart(item) ?? colon.offset));
  const [head = '', ...rest] = valueLines('', node, indent);
  const end = Math.max(itemEnd(item), start);
  const keyLineEnd = lineEnd(text, start);
  const value = item.value;
  const below =
    value?.type === 'block-map' || value?.type === 'block-seq' || (value?.offset ?? 0) > keyLineEnd;
  const block = rest.length === 0 ? '' : `\n${rest.join('\n')}`;
  if (below) {
    const comment = text.slice(start, keyLineEnd).trimEnd();
    const kept = text[end - 1] === '\n' ? '\n' : '';
    return { start, end: kept === '' ? lineEnd(text, end) : end, by: `${head}${comment}${block}${kept}` };
  }
  if (value?.type === 'block-scalar') {
    return { start, end, by: `${head}${block}${text[end - 1] === '\n' ? '\n' : ''}` };
  }
  const gap = /^ +(?=[^ #\n])/.exec(text.slice(start, start + 100))?.[0] ?? ' ';
  if (rest.length === 0) return { start, end, by: `${gap}${head.slice(1)}` };
  const tail = lineEnd(text, end);
  return { start, end: tail, by: `${head}${text.slice(end, tail).trimEnd()}${block}` };
}
