import type { CST } from 'yaml';
import { scalar } from './build.ts';
import { contentEnd, itemEnd } from './source-span.ts';
import { doubleQuoted, spellScalar } from './spell-scalar.ts';
import type { Splice } from './splice.ts';
import { entryLines } from './write-yaml.ts';
import type { YamlNode, YamlScalar } from './yaml-node.ts';

/**
 * Another value for an entry of `{ }`, or a new entry behind the last one. An empty `{}` that is the whole file becomes
 * lines; elsewhere it is left to the entry that holds it.
 */
export function flowMapSplice(
  map: CST.BlockMap | CST.FlowCollection,
  item: CST.CollectionItem | undefined,
  key: string,
  node: YamlNode,
  isRoot: boolean,
): Splice | undefined {
  if (item !== undefined) {
    const start = item.value?.offset;
    return start === undefined ? undefined : { start, end: itemEnd(item), by: spellFlow(node) };
  }
  const last = map.items.findLast(({ key: own }) => own);
  const entry = { key: scalar(key), value: node };
  if (last !== undefined) {
    const at = itemEnd(last);
    return { start: at, end: at, by: `, ${flowEntry(entry.key, node)}` };
  }
  return isRoot
    ? { start: map.offset, end: contentEnd(map), by: entryLines(entry, '').join('\n') }
    : undefined;
}

/** A value on one line inside brackets; text is always quoted there. */
function spellFlow(node: YamlNode): string {
  if (node.kind === 'list') return `[${node.items.map(spellFlow).join(', ')}]`;
  if (node.kind === 'map')
    return `{${node.entries.map(({ key, value }) => flowEntry(key, value)).join(', ')}}`;
  return node.type === 'text' ? doubleQuoted(String(node.value)) : spellScalar(node);
}

function flowEntry(key: YamlScalar, value: YamlNode): string {
  return `${key.type === 'text' && /^\w+$/.test(key.source) ? spellScalar(key) : spellFlow(key)}: ${spellFlow(value)}`;
}
