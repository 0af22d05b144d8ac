import type { Setting } from '../conversions/draft.ts';
import { map, scalar } from '../yaml/build.ts';
import type { YamlMap, YamlNode } from '../yaml/yaml-node.ts';

/** A copy of the tree with these values set, one after the other; missing maps are made. */
export function withSettings(tree: YamlMap, settings: readonly Setting[]): YamlMap {
  const below = Map.groupBy(settings, ({ path }) => path[0] as string);
  const rest = (key: string) =>
    (below.get(key) ?? []).map(({ path, node }) => ({ path: path.slice(1), node }));
  const own = new Set(tree.entries.map(({ key }) => key.source));
  const entries = tree.entries.map((entry) =>
    below.has(entry.key.source) ? { ...entry, value: settled(entry.value, rest(entry.key.source)) } : entry,
  );
  const added = [...below.keys()]
    .filter((key) => !own.has(key))
    .map((key) => ({ key: scalar(key), value: settled(map({}), rest(key)) }));
  return { ...tree, entries: [...entries, ...added] };
}

/** A value with settings in it; an empty path replaces it whole. */
export function settled(node: YamlNode, settings: readonly Setting[]): YamlNode {
  const last = settings.findLastIndex(({ path }) => path.length === 0);
  const base = settings[last]?.node ?? node;
  const inside = settings.slice(last + 1);
  return inside.length === 0 ? base : withSettings(base.kind === 'map' ? base : map({}), inside);
}
