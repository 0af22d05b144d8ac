import { isMap, isScalar, isSeq, type Pair, type ParsedNode, type YAMLMap } from 'yaml';
import { blockListSplice } from './block-list-splice.ts';
import { blockMapSplice, newEntrySplice } from './block-map-splice.ts';
import { scalar } from './build.ts';
import { normalizeBreaks } from './decode-yaml.ts';
import { flowMapSplice } from './flow-map-splice.ts';
import { parseDocument } from './parse-document.ts';
import type { Splice } from './splice.ts';
import { entryLines } from './write-yaml.ts';
import type { YamlNode } from './yaml-node.ts';
import { YamlRefusal } from './yaml-problem.ts';

/**
 * The text with the value at `path` replaced or added by the smallest splice, or undefined when the source has no such
 * place (an alias, a merged key or a flow list in the way). Whether the result means what is wanted is for the caller
 * to check by reading it.
 */
export function editSource(text: string, path: readonly string[], node: YamlNode): string | undefined {
  const bom = text.startsWith('\u{feff}') ? '\u{feff}' : '';
  const body = text.slice(bom.length);
  const splice = spliceAt(normalizeBreaks(body), path, node);
  if (splice === undefined) return undefined;
  const by = body.includes('\r\n') ? splice.by.replaceAll('\n', '\r\n') : splice.by;
  return bom + body.slice(0, splice.start) + by + body.slice(splice.end);
}

function spliceAt(text: string, path: readonly string[], node: YamlNode): Splice | undefined {
  const key = path.at(-1) ?? '';
  const root = rootOf(text);
  if (root === 'empty') return path.length === 1 ? appended(text, key, node) : undefined;
  let parent: ParsedNode | null | undefined = root;
  for (const step of path.slice(0, -1)) parent = childOf(parent, step);
  if (isSeq(parent)) {
    const token = parent.srcToken;
    return token?.type === 'block-seq' ? blockListSplice(text, token, key, node) : undefined;
  }
  if (!isMap(parent)) return undefined;
  const token = parent.srcToken;
  const item = pairOf(parent, key)?.srcToken;
  if (token?.type === 'block-map') {
    return item === undefined ? newEntrySplice(text, token, key, node) : blockMapSplice(text, item, node);
  }
  return token === undefined ? undefined : flowMapSplice(token, item, key, node, parent === root);
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

function appended(text: string, key: string, node: YamlNode): Splice {
  const lead = text === '' || text.endsWith('\n') ? '' : '\n';
  const lines = entryLines({ key: scalar(key), value: node }, '');
  return { start: text.length, end: text.length, by: `${lead}${lines.join('\n')}\n` };
}
