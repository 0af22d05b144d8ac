import { keyItem } from '../plan/ledger.ts';
import { leavesOf } from '../yaml/leaves.ts';
import type { Conversion } from './conversion.ts';
import { recordMove } from './existing.ts';
import { keepLeaf } from './keep-leaf.ts';
import { legacyBack } from './rename-back.ts';
import { residual } from './residual.ts';
import { mergeAt } from './three-way.ts';

/** Whatever no other conversion understood goes to `legacy`, under the name of its file: nothing is dropped. */
export const keepTheRest: Conversion = {
  id: 'keep-the-rest',
  version: 2,
  about: 'Every key without a place of its own is kept under legacy, with the value that the old loader saw.',
  inverse: legacyBack,
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
      const winnerAt = mergeAt(work, to, left, { twoSides: 'source', file: file.rel });
      const items = new Set(file.leaves.map(({ path }) => keyItem(file.rel, path)));
      for (const leaf of leavesOf(left)) {
        const item = keyItem(file.rel, leaf.path);
        // What stands in a list for something that went elsewhere is no key of the file.
        if (!items.has(item)) continue;
        const path = [...to, ...leaf.path];
        if (open(item)) keepLeaf(work, item, path, leaf.node, winnerAt);
        else if (work.echoed.has(item) && winnerAt(path) === 'source')
          recordMove(work, item, path, leaf.node);
      }
    }
  },
};
