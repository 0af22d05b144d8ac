import { type CST, type Document, isAlias, isMap, isScalar, isSeq, type ParsedNode, type Scalar } from 'yaml';
import { blockText } from './block-text.ts';
import { type ImplicitType, implicitType } from './resolve-scalar.ts';
import { blockColumn } from './source-span.ts';
import { YamlRefusal } from './yaml-problem.ts';

/**
 * The document as PyYAML's composer leaves it: each node has its final tag, and an alias is the very node that it names.
 * Only the types that `safe_load` constructs without loss are known here. `!!binary`, `!!set`, `!!omap` and `!!pairs`
 * are refused like any unknown tag: no settings file of the legacy project uses them, and the target's have no place
 * for bytes, sets or tuples.
 */
export type GraphNode = GraphScalar | GraphMap | GraphList;

export interface GraphScalar {
  readonly kind: 'scalar';
  readonly tag: ImplicitType;
  readonly text: string;
  readonly plain: boolean;
  readonly at: number;
}

export interface GraphMap {
  readonly kind: 'map';
  readonly pairs: (readonly [key: GraphNode, value: GraphNode])[];
  readonly at: number;
}

export interface GraphList {
  readonly kind: 'list';
  readonly items: GraphNode[];
  readonly at: number;
}

const PREFIX = 'tag:yaml.org,2002:';
const SCALAR_TAGS: Readonly<Record<string, ImplicitType>> = {
  [`${PREFIX}str`]: 'text',
  [`${PREFIX}int`]: 'integer',
  [`${PREFIX}float`]: 'float',
  [`${PREFIX}bool`]: 'boolean',
  [`${PREFIX}null`]: 'null',
  [`${PREFIX}timestamp`]: 'timestamp',
  [`${PREFIX}merge`]: 'merge',
  [`${PREFIX}value`]: 'value',
};

/** The graph of a document. Throws `YamlRefusal` where PyYAML's composer or constructor would raise. */
export function graphOf(document: Document.Parsed, text: string): GraphNode {
  return compose(document.contents as ParsedNode, -1, { anchors: new Map(), text });
}

interface Composing {
  readonly anchors: Map<string, GraphNode>;
  readonly text: string;
}

function compose(node: ParsedNode, parentIndent: number, composing: Composing): GraphNode {
  const { anchors } = composing;
  const at = node.range[0];
  if (isAlias(node)) {
    const target = anchors.get(node.source);
    if (target !== undefined) return target;
    throw new YamlRefusal(
      'undefined-alias',
      at,
      'A value begins with *, which makes it an alias, but no anchor of that name comes before it.',
      'Put the value in quotes.',
    );
  }
  const remember = <T extends GraphNode>(made: T): T => {
    if (node.anchor === undefined) return made;
    if (anchors.has(node.anchor)) {
      throw new YamlRefusal(
        'duplicate-anchor',
        at,
        'An anchor (&) of this name was given before.',
        'Rename one of them.',
      );
    }
    anchors.set(node.anchor, made);
    return made;
  };
  if (isScalar(node)) {
    const plain = node.tag === undefined && node.type === 'PLAIN';
    const text = scalarText(node, parentIndent, composing.text);
    return remember({
      kind: 'scalar',
      tag: scalarTag(node.tag, text, node.type === 'PLAIN', at),
      text,
      plain,
      at,
    });
  }
  const isMapping = isMap(node);
  const indent = isBlock(node.srcToken) ? blockColumn(composing.text, node.srcToken) : -1;
  if (node.tag !== undefined && node.tag !== `${PREFIX}${isMapping ? 'map' : 'seq'}`)
    throw unknownTag(node.tag, at);
  if (isMapping) {
    const map = remember<GraphMap>({ kind: 'map', pairs: [], at });
    for (const pair of node.items) {
      const key = compose(pair.key, indent, composing);
      map.pairs.push([key, pair.value === null ? emptyValue(at) : compose(pair.value, indent, composing)]);
    }
    return map;
  }
  if (!isSeq(node)) throw unknownTag('', at);
  const list = remember<GraphList>({ kind: 'list', items: [], at });
  for (const item of node.items) list.items.push(compose(item as ParsedNode, indent, composing));
  return list;
}

function scalarText({ source = '', type, range }: Scalar.Parsed, parentIndent: number, text: string): string {
  return type === 'BLOCK_LITERAL' || type === 'BLOCK_FOLDED'
    ? blockText(text, range[0], parentIndent)
    : source;
}

function isBlock(token: CST.Token | undefined): token is CST.BlockMap | CST.BlockSequence {
  return token?.type === 'block-map' || token?.type === 'block-seq';
}

function emptyValue(at: number): GraphScalar {
  return { kind: 'scalar', tag: 'null', text: '', plain: true, at };
}

/** The non-specific tag `!` makes PyYAML resolve even a quoted scalar as if it were plain. */
function scalarTag(tag: string | undefined, text: string, plain: boolean, at: number): ImplicitType {
  if (tag === '!' || (tag === undefined && plain)) return implicitType(text);
  if (tag === undefined) return 'text';
  const known = SCALAR_TAGS[tag];
  if (known === undefined) throw unknownTag(tag, at);
  return known;
}

function unknownTag(tag: string, at: number): YamlRefusal {
  const python = tag.startsWith(`${PREFIX}python/`);
  return new YamlRefusal(
    'unknown-tag',
    at,
    python
      ? 'A tag asks for a Python object here. It was not executed; safe loading refuses it.'
      : 'A value begins with !, which makes it a tag, and this tag is not known here.',
    python ? 'Replace it with a plain value.' : 'Remove the tag, or put the value in quotes.',
  );
}
