import { isMap, isScalar, isSeq, type Pair, type ParsedNode, type YAMLMap } from 'yaml';
import { blockListSplice } from './block-list-splice.ts';
import { blockMapSplice, newEntriesSplice } from './block-map-splice.ts';
import { scalar } from './build.ts';
import { normalizeBreaks } from './decode-yaml.ts';
import { flowValueSplice, newFlowEntriesSplice } from './flow-map-splice.ts';
import { parseDocument } from './parse-document.ts';
import { columnOf, itemEnd, itemStart, lineEnd } from './source-span.ts';
import type { Splice } from './splice.ts';
import { entryLines } from './write-yaml.ts';
import type { YamlEntry, YamlNode } from './yaml-node.ts';
import { YamlRefusal } from './yaml-problem.ts';

/**
 * The text with the value at `path` replaced or added by the smallest splice, or undefined when the source has no such
 * place (an alias, a merged key or a flow list in the way). Whether the result means what is wanted is for the caller
 * to check by reading it.
 */
export function editSource(text: string, path: readonly string[], node: YamlNode): string | undefined {
  return spliced(text, (body) => spliceAt(body, path, node));
}

/** The same for entries that the map at `path` does not have yet. */
export function addToSource(
  text: string,
  path: readonly string[],
  entries: readonly YamlEntry[],
): string | undefined {
  return spliced(text, (body) => {
    const root = rootOf(body);
    if (root === 'empty') return path.length === 0 ? appended(body, entries) : undefined;
    const parent = nodeIn(root, path);
    return isMap(parent) ? newEntries(body, parent, entries, parent === root) : undefined;
  });
}

/** The same without the lines of the entry at `path`; undefined where it shares a line with something else. */
export function cutFromSource(text: string, path: readonly string[]): string | undefined {
  return spliced(text, (body) => {
    const root = rootOf(body);
    if (root === 'empty') return undefined;
    const parent = nodeIn(root, path.slice(0, -1));
    if (!isMap(parent) || parent.srcToken?.type !== 'block-map') return undefined;
    const item = pairOf(parent, path.at(-1) ?? '')?.srcToken;
    const at = item === undefined ? undefined : itemStart(item);
    if (item === undefined || at === undefined) return undefined;
    const start = at - columnOf(body, at);
    if (body.slice(start, at).trim() !== '') return undefined;
    const last = itemEnd(item);
    const end = body[last - 1] === '\n' ? last : lineEnd(body, last) + 1;
    return { start, end: Math.min(end, body.length), by: '' };
  });
}

function spliced(text: string, make: (body: string) => Splice | undefined): string | undefined {
  const bom = text.startsWith('\u{feff}') ? '\u{feff}' : '';
  const body = text.slice(bom.length);
  const splice = make(normalizeBreaks(body));
  if (splice === undefined) return undefined;
  const by = body.includes('\r\n') ? splice.by.replaceAll('\n', '\r\n') : splice.by;
  return bom + body.slice(0, splice.start) + by + body.slice(splice.end);
}

function spliceAt(text: string, path: readonly string[], node: YamlNode): Splice | undefined {
  const key = path.at(-1) ?? '';
  const entry = { key: scalar(key), value: node };
  const root = rootOf(text);
  if (root === 'empty') return path.length === 1 ? appended(text, [entry]) : undefined;
  const parent = nodeIn(root, path.slice(0, -1));
  if (isSeq(parent)) {
    const token = parent.srcToken;
    return token?.type === 'block-seq' ? blockListSplice(text, token, key, node) : undefined;
  }
  if (!isMap(parent)) return undefined;
  const item = pairOf(parent, key)?.srcToken;
  if (item === undefined) return newEntries(text, parent, [entry], parent === root);
  return parent.srcToken?.type === 'block-map'
    ? blockMapSplice(text, item, node)
    : flowValueSplice(item, node);
}

function newEntries(
  text: string,
  parent: YAMLMap.Parsed,
  entries: readonly YamlEntry[],
  isRoot: boolean,
): Splice | undefined {
  const token = parent.srcToken;
  if (token?.type === 'block-map') return newEntriesSplice(text, token, entries);
  return token === undefined ? undefined : newFlowEntriesSplice(token, entries, isRoot);
}

function nodeIn(root: ParsedNode | undefined, path: readonly string[]): ParsedNode | null | undefined {
  return path.reduce<ParsedNode | null | undefined>(childOf, root);
}

function rootOf(text: string): ParsedNode | 'empty' | undefined {
  try {
    const document = parseDocument(text);
    return document === undefined ? 'empty' : (document.contents ?? undefined);
  } catch (error) {
    // Lines that only PyYAML's looser indentation allows: readable, but without offsets that are true here.
    if (error instanceof YamlRefusal) return undefined;
    throw error;
  }
}

function childOf(node: ParsedNode | null | undefined, key: string): ParsedNode | null | undefined {
  if (isMap(node)) return pairOf(node, key)?.value;
  return isSeq(node) ? (node.items[Number(key)] as ParsedNode | undefined) : undefined;
}

/** Of a repeated key the last one, which is the one that counts. */
function pairOf(node: YAMLMap.Parsed, key: string): Pair<ParsedNode, ParsedNode | null> | undefined {
  return node.items.findLast((pair) => isScalar(pair.key) && pair.key.source === key);
}

function appended(text: string, entries: readonly YamlEntry[]): Splice {
  const lead = text === '' || text.endsWith('\n') ? '' : '\n';
  const lines = entries.flatMap((entry) => entryLines(entry, ''));
  return { start: text.length, end: text.length, by: `${lead}${lines.join('\n')}\n` };
}
