import { MAX_NODES } from './limits.ts';
import type { GraphMap, GraphNode } from './yaml-graph.ts';
import { YamlRefusal } from './yaml-problem.ts';

export interface GraphPair {
  readonly key: GraphNode;
  readonly value: GraphNode;
  /** True when it came in by a merge key. */
  readonly merged: boolean;
}

/**
 * Resolves merge keys as `SafeConstructor.flatten_mapping` of PyYAML does: what is merged comes first, of several maps in
 * a list the first one wins (so it comes last), and the map's own keys override. A map is flattened once, wherever its
 * aliases stand.
 */
export class MergeFlattener {
  readonly #done = new Map<GraphMap, GraphPair[]>();
  readonly #open = new Set<GraphMap>();
  #pairs = 0;

  /** The pairs of a map. Throws `YamlRefusal` for a merge of anything but maps, for cycles and for too many pairs. */
  flatten(map: GraphMap): readonly GraphPair[] {
    const known = this.#done.get(map);
    if (known !== undefined) return known;
    if (this.#open.has(map)) throw recursiveAlias(map.at);
    this.#open.add(map);
    const merged: GraphPair[] = [];
    const own: GraphPair[] = [];
    for (const [key, value] of map.pairs) {
      if (key.kind === 'scalar' && key.tag === 'merge') this.#merge(value, merged);
      else own.push({ key, value, merged: false });
    }
    this.#open.delete(map);
    const pairs = [...merged, ...own];
    this.#done.set(map, pairs);
    return pairs;
  }

  #merge(value: GraphNode, into: GraphPair[]): void {
    const maps = value.kind === 'list' ? value.items.toReversed() : [value];
    // PyYAML flattens the list's maps in their order and reverses afterwards; the order decides only which error is met.
    for (const map of maps) {
      if (map.kind !== 'map') {
        throw new YamlRefusal(
          'bad-scalar',
          map.at,
          'A merge key (<<) names something that is not a map.',
          'Merge a map.',
        );
      }
      for (const { key, value: item } of this.flatten(map)) {
        this.#pairs += 1;
        if (this.#pairs > MAX_NODES) throw tooMany(map.at);
        into.push({ key, value: item, merged: true });
      }
    }
  }
}

export function recursiveAlias(at: number): YamlRefusal {
  return new YamlRefusal(
    'recursive-alias',
    at,
    'An alias stands inside the value that it names.',
    'Write the value out.',
  );
}

export function tooMany(at: number): YamlRefusal {
  return new YamlRefusal(
    'too-many-aliases',
    at,
    `With its aliases written out, the file has more than ${MAX_NODES} values.`,
    'Use fewer aliases.',
  );
}
