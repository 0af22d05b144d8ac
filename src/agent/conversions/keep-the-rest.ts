import { keyItem, keyPath } from '../plan/ledger.ts';
import { leavesOf, sameValue } from '../yaml/leaves.ts';
import type { YamlNode } from '../yaml/yaml-node.ts';
import type { Conversion, Work } from './conversion.ts';
import { existingValue, recordMove } from './existing.ts';
import { residual } from './residual.ts';

/** Whatever no other conversion understood goes to `legacy`, under the name of its file: nothing is dropped. */
export const keepTheRest: Conversion = {
  id: 'keep-the-rest',
  version: 1,
  about: 'Every key without a place of its own is kept under legacy, with the value that the old loader saw.',
  convert(work) {
    for (const file of work.survey.settings) {
      if (file.root === undefined || work.survey.shipped.has(file.rel)) continue;
      const open = (item: string) => !work.ledger.has('key', item) && !work.ledger.has('secret', item);
      const kept = (path: readonly string[]) => {
        const item = keyItem(file.rel, path);
        return open(item) || work.echoed.has(item);
      };
      const isSecret = (path: readonly string[]) => work.secretItems.has(keyItem(file.rel, path));
      const left = residual(file.root, [], kept, isSecret);
      if (left === undefined) continue;
      const to = ['legacy', file.rel];
      setMissing(work, to, left);
      const items = new Set(file.leaves.map(({ path }) => keyItem(file.rel, path)));
      for (const leaf of leavesOf(left)) {
        const item = keyItem(file.rel, leaf.path);
        // What stands in a list for something that went elsewhere is no key of the file.
        if (!items.has(item)) continue;
        const path = [...to, ...leaf.path];
        if (open(item)) {
          work.ledger.add({ kind: 'key', item, fate: 'kept-unused', to: `config.yaml#${keyPath(path)}` });
        } else if (!work.echoed.has(item)) {
          continue;
        }
        recordMove(work, item, path, leaf.node);
      }
    }
  },
};

/** Sets only what an earlier migration has not put there already. */
export function setMissing(work: Work, path: readonly string[], node: YamlNode): void {
  const there = existingValue(work, path);
  if (there !== undefined && sameValue(there, node)) return;
  if (there?.kind === 'map' && node.kind === 'map') {
    for (const { key, value } of node.entries) setMissing(work, [...path, key.source], value);
    return;
  }
  work.draft.set(path, node);
}
