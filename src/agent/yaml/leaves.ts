import type { YamlEntry, YamlList, YamlMap, YamlNode, YamlScalar } from './yaml-node.ts';

/** A value that holds no other value: a scalar, `{}` or `[]`. */
export interface Leaf {
  /** From the root: keys as they are spelled, list items as their index from 0. */
  readonly path: readonly string[];
  readonly node: YamlNode;
}

/** Every leaf of a tree, in the file's order. Two leaves have the same path only if keys differ in type alone. */
export function leavesOf(root: YamlNode): Leaf[] {
  const leaves: Leaf[] = [];
  collect(root, [], leaves);
  return leaves;
}

function collect(node: YamlNode, path: readonly string[], into: Leaf[]): void {
  const children = childrenOf(node);
  if (children.length === 0) into.push({ path, node });
  for (const [key, child] of children) collect(child, [...path, key], into);
}

function childrenOf(node: YamlNode): (readonly [string, YamlNode])[] {
  if (node.kind === 'scalar') return [];
  if (node.kind === 'list') return node.items.map((item, index) => [String(index), item]);
  return node.entries.map(({ key, value }) => [key.source, value]);
}

/** The node at a path as `leavesOf` gives it, or undefined. An empty path is the root. */
export function nodeAt(root: YamlNode, path: readonly string[]): YamlNode | undefined {
  let node: YamlNode | undefined = root;
  for (const key of path) node = node === undefined ? undefined : childAt(node, key);
  return node;
}

/** The entry of a map by its key's spelling; a text key wins over one of another type. */
export function entryOf(map: YamlMap, key: string): YamlEntry | undefined {
  if (map.entries.length >= INDEXED_FROM) return indexOf(map).get(key);
  const found = map.entries.filter((entry) => entry.key.source === key);
  return found.find((entry) => entry.key.type === 'text') ?? found[0];
}

/** Maps of many entries, such as a registry of a thousand projects, are searched once and not for each key. */
const INDEXED_FROM = 32;
const indexes = new WeakMap<YamlMap, Map<string, YamlEntry>>();

function indexOf(map: YamlMap): Map<string, YamlEntry> {
  const known = indexes.get(map);
  if (known !== undefined) return known;
  const index = new Map<string, YamlEntry>();
  for (const entry of map.entries) {
    const before = index.get(entry.key.source);
    if (before === undefined || (before.key.type !== 'text' && entry.key.type === 'text'))
      index.set(entry.key.source, entry);
  }
  indexes.set(map, index);
  return index;
}

/** The index that a path element means in a list, or undefined when it is none; `items.length` is the place after it. */
export function indexIn(list: YamlList, key: string): number | undefined {
  const index = /^(?:0|[1-9][0-9]{0,8})$/.test(key) ? Number(key) : -1;
  return index >= 0 && index <= list.items.length ? index : undefined;
}

function childAt(node: YamlNode, key: string): YamlNode | undefined {
  if (node.kind === 'map') return entryOf(node, key)?.value;
  if (node.kind === 'scalar') return undefined;
  const index = indexIn(node, key);
  return index === undefined ? undefined : node.items[index];
}

/**
 * The node as plain JavaScript values: integers stay bigint, timestamps are their text, maps are objects without a
 * prototype whose properties are the keys' spellings.
 */
export function plainValue(node: YamlNode): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(plainValue);
  const object: Record<string, unknown> = Object.create(null);
  for (const { key, value } of node.entries) object[key.source] = plainValue(value);
  return object;
}

/** True when PyYAML would read equal values of equal types; the order of a map's keys does not count. */
export function sameValue(a: YamlNode, b: YamlNode): boolean {
  if (a.kind === 'scalar') return b.kind === 'scalar' && sameScalar(a, b);
  if (a.kind === 'list') {
    return (
      b.kind === 'list' &&
      a.items.length === b.items.length &&
      a.items.every((item, index) => sameValue(item, b.items[index] as YamlNode))
    );
  }
  if (b.kind !== 'map' || a.entries.length !== b.entries.length) return false;
  const others = new Map(b.entries.map((entry) => [scalarKey(entry.key), entry.value]));
  return a.entries.every(({ key, value }) => {
    const other = others.get(scalarKey(key));
    return other !== undefined && sameValue(value, other);
  });
}

function sameScalar(a: YamlScalar, b: YamlScalar): boolean {
  return a.type === b.type && Object.is(a.value, b.value);
}

function scalarKey({ type, value }: YamlScalar): string {
  return `${type} ${Object.is(value, -0) ? '-0' : String(value)}`;
}
