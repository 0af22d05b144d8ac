import { keyItem } from '../plan/ledger.ts';
import { withSettings } from '../plan/with-settings.ts';
import { BASE_FILE } from '../survey/base.ts';
import { map } from '../yaml/build.ts';
import { leavesOf, nodeAt, sameValue } from '../yaml/leaves.ts';
import type { YamlNode } from '../yaml/yaml-node.ts';
import type { Conversion, Work } from './conversion.ts';
import { homeValue, isReadWhole, shownUnlessSecret } from './three-way.ts';

/**
 * What the installation said when it was migrated before and does not say any more: it goes from the home as well, or
 * becomes the package's default, unless the person changed it there.
 */
export const followRemovals: Conversion = {
  id: 'follow-removals',
  version: 1,
  about:
    'Keys that the installation had at the last migration and has no more go from the new home, unless they were changed there.',
  inverse: { none: 'what went is in the backup of the run that took it away' },
  convert(work) {
    const { base } = work.survey.target;
    if (base === undefined) return;
    const said = withSettings(map({}), work.draft.said);
    if (isReadWhole(work)) follow(work, said, base.config, []);
    else carry(work, said, base.config, []);
  },
};

function follow(work: Work, said: YamlNode, base: YamlNode, path: readonly string[]): void {
  const mine = homeValue(work, path);
  const isOwn = path.length > 0 && work.isOwnKey(path.join('.'));
  const isSaid = path.length === 0 || nodeAt(said, path) !== undefined;
  if (base.kind === 'map' && base.entries.length > 0) {
    const isMine = mine !== undefined && sameValue(mine, base);
    if (isSaid || isOwn || !isMine) {
      for (const { key, value } of base.entries) follow(work, said, value, [...path, key.source]);
      return;
    }
  } else if (isSaid) {
    return;
  }
  // A map that took the place of a value, or the other way round: what is said there was merged.
  if (path.some((_, index) => isValue(nodeAt(said, path.slice(0, index + 1))))) return;
  if (mine === undefined) return;
  const isMine = sameValue(mine, base);
  const fallback = isOwn ? work.defaults(path.join('.')) : undefined;
  if (isMine && fallback === undefined) work.draft.removals.push(path);
  if (isMine && fallback !== undefined && !sameValue(mine, fallback)) work.draft.write(path, fallback);
  for (const leaf of leavesOf(base)) addRow(work, [...path, ...leaf.path], leaf.node, { isMine, isOwn });
}

function isValue(node: YamlNode | undefined): boolean {
  return node !== undefined && node.kind !== 'map';
}

function addRow(
  work: Work,
  path: readonly string[],
  node: YamlNode,
  { isMine, isOwn }: { isMine: boolean; isOwn: boolean },
): void {
  const item = keyItem(BASE_FILE, ['config', ...path]);
  const gone = `the old installation does not say it any more; it was ${shownUnlessSecret(work, path, node)} at the last migration`;
  if (isMine) {
    const note = isOwn ? `${gone}; what the package does by itself is in its place` : gone;
    work.ledger.add({ kind: 'key', item, fate: 'dropped', note });
    return;
  }
  const note = `${gone}; you changed it in your configuration home, so it stays`;
  const to = keyItem('config.yaml', path);
  work.ledger.add({ kind: 'key', item, fate: isOwn ? 'kept-in-effect' : 'kept-unused', to, note });
}

/** Keeps in the base what is not said now. */
function carry(work: Work, said: YamlNode, base: YamlNode, path: readonly string[]): void {
  const there = nodeAt(said, path);
  if (there !== undefined && base.kind === 'map' && there.kind === 'map') {
    for (const { key, value } of base.entries) carry(work, said, value, [...path, key.source]);
  } else if (there === undefined) {
    work.draft.say(path, base);
  }
}
