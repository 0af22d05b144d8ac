import { safeText } from '../../shared/safe-text.ts';
import { MergeFlattener, recursiveAlias, tooMany } from './flatten-merges.ts';
import { MAX_DEPTH, MAX_NODES } from './limits.ts';
import { keyIdentity, scalarValue } from './resolve-scalar.ts';
import type { SourceLines } from './source-lines.ts';
import type { GraphMap, GraphNode, GraphScalar } from './yaml-graph.ts';
import type { YamlEntry, YamlList, YamlMap, YamlNode, YamlScalar } from './yaml-node.ts';
import { type YamlProblem, YamlRefusal } from './yaml-problem.ts';

/**
 * Makes the tree of a document's graph, as PyYAML's `SafeConstructor` would. Findings about it go into `problems`;
 * throws `YamlRefusal` where PyYAML would raise, and for more than `MAX_NODES` values or `MAX_DEPTH` levels.
 */
export function constructTree(root: GraphNode, lines: SourceLines, problems: YamlProblem[]): YamlNode {
  return new Construction(lines, problems).node(root, 0);
}

class Construction {
  readonly #lines: SourceLines;
  readonly #problems: YamlProblem[];
  readonly #merges = new MergeFlattener();
  readonly #open = new Set<GraphNode>();
  #count = 0;

  constructor(lines: SourceLines, problems: YamlProblem[]) {
    this.#lines = lines;
    this.#problems = problems;
  }

  node(node: GraphNode, depth: number): YamlNode {
    if (node.kind === 'scalar') return this.#scalar(node, false);
    this.#enter(node, depth);
    const made = node.kind === 'list' ? this.#list(node.items, node.at, depth) : this.#map(node, depth);
    this.#open.delete(node);
    return made;
  }

  #enter(node: GraphNode, depth: number): void {
    this.#countOne(node.at);
    if (depth > MAX_DEPTH) {
      throw new YamlRefusal(
        'too-deep',
        node.at,
        `Nested more than ${MAX_DEPTH} levels deep.`,
        'Make it flatter.',
      );
    }
    if (this.#open.has(node)) throw recursiveAlias(node.at);
    this.#open.add(node);
  }

  #countOne(at: number): void {
    this.#count += 1;
    if (this.#count > MAX_NODES) throw tooMany(at);
  }

  #list(items: readonly GraphNode[], at: number, depth: number): YamlList {
    return {
      kind: 'list',
      items: items.map((item) => this.node(item, depth + 1)),
      ...this.#lines.place(at),
    };
  }

  #map(map: GraphMap, depth: number): YamlMap {
    const entries = new Map<string, YamlEntry>();
    const ownKeys = new Map<string, YamlScalar>();
    for (const pair of this.#merges.flatten(map)) {
      const key = this.#key(pair.key);
      const value = this.node(pair.value, depth + 1);
      const identity = keyIdentity(key);
      const before = ownKeys.get(identity);
      if (before !== undefined && !pair.merged) this.#noteDuplicate(before, pair.key.at);
      if (!pair.merged && before === undefined) ownKeys.set(identity, key);
      entries.set(identity, { key: entries.get(identity)?.key ?? key, value });
    }
    return { kind: 'map', entries: [...entries.values()], ...this.#lines.place(map.at) };
  }

  #key(key: GraphNode): YamlScalar {
    if (key.kind === 'scalar') return this.#scalar(key, true);
    throw new YamlRefusal(
      'unhashable-key',
      key.at,
      'A map or list is used as a key, which Python cannot do.',
      'Put the key in quotes. Is this a {{ placeholder }}?',
    );
  }

  #scalar(node: GraphScalar, isKey: boolean): YamlScalar {
    this.#countOne(node.at);
    const type = isKey && node.tag === 'value' ? 'text' : node.tag;
    if (type === 'merge' || type === 'value' || type === 'yaml') throw badScalar(node);
    const value = scalarValue(type, node.text);
    if (value === undefined) throw badScalar(node);
    return {
      kind: 'scalar',
      type,
      value,
      source: node.text,
      plain: node.plain,
      ...this.#lines.place(node.at),
    };
  }

  #noteDuplicate(first: YamlScalar, at: number): void {
    this.#problems.push({
      level: 'warning',
      code: 'duplicate-key',
      message: `The key "${safeText(first.source, 60)}" stands twice in one map (first in line ${first.line}); the last one counts.`,
      ...this.#lines.place(at),
      fix: 'Remove the one that is not meant.',
    });
  }
}

function badScalar(node: GraphScalar): YamlRefusal {
  if (node.tag === 'timestamp') {
    return new YamlRefusal(
      'timestamp',
      node.at,
      'This reads as a date or time that does not exist, and Python stops at it.',
      'Correct it, or put it in quotes.',
    );
  }
  const kind = SPECIAL[node.tag] ?? `of type ${node.tag}`;
  return new YamlRefusal(
    'bad-scalar',
    node.at,
    `This value reads as ${kind}, and Python cannot make one of it.`,
    'Put the value in quotes.',
  );
}

const SPECIAL: Readonly<Partial<Record<GraphScalar['tag'], string>>> = {
  merge: 'a merge key (<<)',
  value: 'a default value (=)',
  yaml: 'a sign of YAML itself',
};
