import { map, scalar } from '../yaml/build.ts';
import type { YamlNode } from '../yaml/yaml-node.ts';

/**
 * The part of `node` whose leaves `keep` accepts; undefined when nothing is left. Lists keep their length and order, so
 * that an index means the same before and after: a scalar that went elsewhere becomes null, a map keeps its name unless
 * `isSecret` says that it is one. `path` is where `node` stands in its file.
 */
export function residual(
  node: YamlNode,
  path: readonly string[],
  keep: (path: readonly string[]) => boolean,
  isSecret: (path: readonly string[]) => boolean,
): YamlNode | undefined {
  if (node.kind === 'scalar') return keep(path) ? node : undefined;
  if (node.kind === 'map') {
    if (node.entries.length === 0) return keep(path) ? node : undefined;
    const entries = node.entries.flatMap(({ key, value }) => {
      const left = residual(value, [...path, key.source], keep, isSecret);
      return left === undefined ? [] : [{ key, value: left }];
    });
    return entries.length === 0 ? undefined : { ...node, entries };
  }
  if (node.items.length === 0) return keep(path) ? node : undefined;
  const items = node.items.map((item, index) => residual(item, [...path, String(index)], keep, isSecret));
  if (items.every((item) => item === undefined)) return undefined;
  return {
    ...node,
    items: items.map((item, index) => {
      const left = item ?? blank(node.items[index]);
      return isSecret([...path, String(index), 'name']) ? left : nameIn(left, node.items[index]);
    }),
  };
}

function blank(original: YamlNode | undefined): YamlNode {
  return original?.kind === 'map' ? map({}) : scalar(null);
}

/** Repeats `name` in what is left of a list's map, so that a person still sees what it belongs to. */
function nameIn(left: YamlNode, original: YamlNode | undefined): YamlNode {
  if (
    left.kind !== 'map' ||
    original?.kind !== 'map' ||
    left.entries.some(({ key }) => key.source === 'name')
  )
    return left;
  const name = original.entries.find(({ key, value }) => key.source === 'name' && value.kind === 'scalar');
  return name === undefined ? left : { ...left, entries: [name, ...left.entries] };
}
