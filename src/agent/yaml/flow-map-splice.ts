import type { CST } from 'yaml';
import { contentEnd, itemEnd } from './source-span.ts';
import { doubleQuoted, spellScalar } from './spell-scalar.ts';
import type { Splice } from './splice.ts';
import { entryLines } from './write-yaml.ts';
import type { YamlEntry, YamlNode, YamlScalar } from './yaml-node.ts';

/** Another value for an entry of `{ }`. */
export function flowValueSplice(item: CST.CollectionItem, node: YamlNode): Splice | undefined {
  const start = item.value?.offset;
  return start === undefined ? undefined : { start, end: itemEnd(item), by: spellFlow(node) };
}

/**
 * New entries behind the last one of `{ }`. An empty `{}` that is the whole file becomes lines; elsewhere it is left to the
 * entry that holds it.
 */
export function newFlowEntriesSplice(
  map: CST.BlockMap | CST.FlowCollection,
  entries: readonly YamlEntry[],
  isRoot: boolean,
): Splice | undefined {
  const last = map.items.findLast(({ key: own }) => own);
  if (last !== undefined) {
    const at = itemEnd(last);
    return { start: at, end: at, by: entries.map(({ key, value }) => `, ${flowEntry(key, value)}`).join('') };
  }
  const lines = entries.flatMap((entry) => entryLines(entry, ''));
  return isRoot ? { start: map.offset, end: contentEnd(map), by: lines.join('\n') } : undefined;
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
