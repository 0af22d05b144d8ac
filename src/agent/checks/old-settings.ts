import { RENAMES, type Rename } from '../conversions/renames.ts';
import { keyItem } from '../plan/ledger.ts';
import { readSettingsFile } from '../survey/settings-files.ts';
import type { Survey } from '../survey/survey.ts';
import type { ReadSystem } from '../system.ts';
import { nodeAt } from '../yaml/leaves.ts';
import type { YamlNode } from '../yaml/yaml-node.ts';

/** A setting as the old tool saw it: of several sources that state it, the one that wins. */
export interface OldSetting {
  readonly rename: Rename;
  /** Item of the ledger. */
  readonly item: string;
  /** The value in the words of the package; undefined where the package has no word for it. */
  readonly node: YamlNode | undefined;
}

/**
 * What was in effect, read from the old files once more and settled by precedence alone, without a look at the plan. Files
 * that are as upstream ships them say what the program did by itself; secrets are compared elsewhere.
 */
export function oldSettings(system: ReadSystem, survey: Survey): OldSetting[] {
  const secrets = new Set(survey.secrets.map(({ item }) => item));
  const files = survey.settings
    .filter(({ rel, state }) => state === 'read' && !survey.shipped.has(rel))
    .flatMap(({ rel }) => readSettingsFile(system, survey.source, rel)?.file ?? [])
    .sort((a, b) => a.precedence - b.precedence);
  const settled = new Map<string, OldSetting>();
  for (const { rel, role, root, leaves } of files) {
    for (const rename of RENAMES.filter(({ roles }) => roles.includes(role))) {
      const place = rename.to.join();
      const path = rename.from.split('.');
      const node = root && nodeAt(root, path);
      const below = leaves.filter((leaf) => path.every((part, index) => leaf.path[index] === part));
      const items = below.map((leaf) => keyItem(rel, leaf.path));
      const [item] = items;
      if (settled.has(place) || node === undefined || item === undefined) continue;
      if (items.some((one) => secrets.has(one))) continue;
      const reading = rename.read(node);
      if (reading.kind === 'nothing') continue;
      const said = reading.kind === 'rejected' ? undefined : reading.node;
      settled.set(place, { rename, item, node: said });
    }
  }
  return [...settled.values()];
}
