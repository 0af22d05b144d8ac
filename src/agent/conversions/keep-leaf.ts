import { keyPath } from '../plan/ledger.ts';
import type { YamlNode } from '../yaml/yaml-node.ts';
import type { Work } from './conversion.ts';
import { recordMove } from './existing.ts';
import { givenWay, shownUnlessSecret, type Winner } from './three-way.ts';

/** The fate of a key that the package does not read: kept at `path` of config.yaml, where the home has no other value there. */
export function keepLeaf(
  work: Work,
  item: string,
  path: readonly string[],
  node: YamlNode,
  winnerAt: (path: readonly string[]) => Winner,
  remark?: string,
): void {
  const winner = winnerAt(path);
  if (winner !== 'source') {
    const { note, to } = givenWay(winner, shownUnlessSecret(work, path, node));
    work.ledger.add({ kind: 'key', item, fate: 'kept-unused', to, note });
    return;
  }
  work.ledger.add({
    kind: 'key',
    item,
    fate: 'kept-unused',
    to: `config.yaml#${keyPath(path)}`,
    note: remark,
  });
  recordMove(work, item, path, node);
}
