import { defaultConfig, type Facts } from '../conversions/defaults.ts';
import type { Setting } from '../conversions/draft.ts';
import { withSettings } from '../plan/with-settings.ts';
import { type Base, type BaseFile, baseOf } from '../survey/base.ts';
import { map, quoted } from '../yaml/build.ts';
import { entryOf, nodeAt } from '../yaml/leaves.ts';
import { writeYaml } from '../yaml/write-yaml.ts';
import type { YamlMap } from '../yaml/yaml-node.ts';
import type { HomeFile } from './damage.ts';
import type { Rewrite } from './rewrite.ts';

/**
 * A file of the package's own defaults with every value that migrations left in their base. Secrets are in none. Of several installations in one home that of the last migration goes first.
 */
export function fromBase(
  file: HomeFile,
  base: BaseFile,
  source: string | undefined,
  facts: Facts,
  from: string,
): Rewrite[] {
  const bases = basesIn(base, source);
  const time = quoted(facts.now.toISOString());
  const projects = new Map(bases.flatMap((one) => one.projects).map(({ name, entry }) => [name, entry]));
  const entries = [...projects].map(([name, value]) => ({ key: quoted(name), value }));
  const tree =
    file === 'config.yaml'
      ? bases.reduce((config, one) => overlaid(config, one.config), defaultConfig(facts))
      : file === 'projects/registry.yaml'
        ? map({
            version: quoted('1.0'),
            created: time,
            last_updated: time,
            projects: { ...map({}), entries },
          })
        : undefined;
  return tree === undefined
    ? []
    : [{ file, bytes: Buffer.from(writeYaml(tree)), edits: [], added: [], from }];
}

function basesIn(file: BaseFile, last: string | undefined): Base[] {
  const node = file.state === 'read' ? nodeAt(file.root, ['installations']) : undefined;
  const sources = node?.kind === 'map' ? node.entries.map(({ key }) => key.source) : [];
  const inOrder = [...sources.filter((one) => one !== last), ...sources.filter((one) => one === last)];
  return inOrder.flatMap((source) => baseOf(file, source) ?? []);
}

/** The tree with the values of another one in their places. */
function overlaid(tree: YamlMap, over: YamlMap): YamlMap {
  const settings = over.entries.map(({ key, value }): Setting => {
    const there = entryOf(tree, key.source)?.value;
    const isMerged = there?.kind === 'map' && value.kind === 'map' && value.entries.length > 0;
    return { path: [key.source], node: isMerged ? overlaid(there, value) : value };
  });
  return withSettings(tree, settings);
}
