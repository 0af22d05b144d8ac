import { keyItem } from '../plan/ledger.ts';
import type { SettingsFile } from '../survey/settings-files.ts';
import { leavesOf, nodeAt, sameValue } from '../yaml/leaves.ts';
import type { YamlNode } from '../yaml/yaml-node.ts';
import type { Conversion, Work } from './conversion.ts';
import { isPackageKey } from './defaults.ts';
import { existingValue } from './existing.ts';
import { keepLeaf } from './keep-leaf.ts';
import { sectionsBack } from './rename-back.ts';
import { SECTIONS } from './renames.ts';
import { residual } from './residual.ts';
import { baseValue, mergeAt } from './three-way.ts';

/** The rest of `ai`, `discord`, `bot`, `server`, `github` and `security` goes to the section of the new name. */
export const keepSections: Conversion = {
  id: 'keep-sections',
  version: 2,
  about: 'Unknown keys of known sections keep their names in the section that took over.',
  inverse: sectionsBack(isPackageKey),
  convert(work) {
    for (const file of work.survey.settings) {
      if (file.root === undefined || work.survey.shipped.has(file.rel)) continue;
      for (const section of SECTIONS.filter((one) => one.roles.includes(file.role))) {
        const node = nodeAt(file.root, [section.from]);
        if (node?.kind !== 'map') continue;
        const open = (path: readonly string[]) => isOpen(work, keyItem(file.rel, path));
        const isSecret = (path: readonly string[]) => work.secretItems.has(keyItem(file.rel, path));
        // A key that is no text would become one: those stay as they are under `legacy`.
        for (const { key, value } of node.entries.filter((entry) => entry.key.type === 'text')) {
          const from = [section.from, key.source];
          const left = residual(value, from, open, isSecret);
          if (left !== undefined) keep(work, file, from, left, [...section.to.split('.'), key.source]);
        }
      }
    }
  },
};

/** Where the new place is taken by something else, the keys stay open: the last conversion keeps them under `legacy`. */
function keep(
  work: Work,
  file: SettingsFile,
  from: readonly string[],
  node: YamlNode,
  to: readonly string[],
): void {
  if (clashes(work, to)) return;
  const there = existingValue(work, to);
  if (there !== undefined && !sameValue(there, node) && baseValue(work, to) === undefined) return;
  const winnerAt = mergeAt(work, to, node, { twoSides: 'home', file: file.rel });
  const items = new Set(file.leaves.map(({ path }) => keyItem(file.rel, path)));
  for (const leaf of leavesOf(node)) {
    const item = keyItem(file.rel, [...from, ...leaf.path]);
    // What stands in a list for something that went elsewhere is no key of the file.
    if (!items.has(item) || !isOpen(work, item)) continue;
    keepLeaf(work, item, [...to, ...leaf.path], leaf.node, winnerAt);
  }
}

function isOpen(work: Work, item: string): boolean {
  return !work.ledger.has('key', item) && !work.ledger.has('secret', item);
}

/** The path is set already, lies below a value, or holds keys of the package itself. */
function clashes(work: Work, to: readonly string[]): boolean {
  return work.draft.touches(to) || work.isOwnKey(to.join('.'));
}
