import type { Draft, Setting } from '../conversions/draft.ts';
import type { Target } from '../survey/target.ts';
import { map, quoted, scalar } from '../yaml/build.ts';
import { nodeAt, sameValue } from '../yaml/leaves.ts';
import { setInYaml } from '../yaml/merge-yaml.ts';
import { writeYaml } from '../yaml/write-yaml.ts';
import type { YamlMap, YamlNode } from '../yaml/yaml-node.ts';

/** The text of each YAML file of the new home; undefined where what is there can stay as it is. */
export interface RenderedTarget {
  readonly config: string | undefined;
  readonly registry: string | undefined;
}

const CONFIG_NOTE =
  'Written by the migration assistant. Keys under "legacy" are kept from the old installation and are not in effect.';

/**
 * A missing config.yaml is written whole. In an existing one only what is new is set: its comments, its order and every
 * value that the person set stay.
 */
export function renderTarget(target: Target, draft: Draft, defaults: YamlMap, now: Date): RenderedTarget {
  return { config: renderConfig(target, draft, defaults, now), registry: renderRegistry(target, draft, now) };
}

function renderConfig(target: Target, draft: Draft, defaults: YamlMap, now: Date): string | undefined {
  if (target.config === undefined) {
    return writeYaml(withSettings(defaults, draft.settings), { comment: CONFIG_NOTE });
  }
  const root = target.config.root;
  const wanted = inSections(missingSections(root, defaults), draft.settings);
  const changes = wanted.filter(({ path, node }) => {
    const there = nodeAt(root, path);
    return there === undefined || !sameValue(there, node);
  });
  if (changes.length === 0) return undefined;
  return setInYaml(target.config.text, [
    { path: ['last_updated'], node: quoted(now.toISOString()) },
    ...changes,
  ]);
}

function renderRegistry(target: Target, draft: Draft, now: Date): string | undefined {
  const added = draft.projects.filter((project) => !project.existing);
  const time = quoted(now.toISOString());
  if (target.registry === undefined) {
    const projects: YamlMap = {
      ...map({}),
      entries: added.map(({ name, node }) => ({ key: quoted(name), value: node })),
    };
    return writeYaml(map({ version: quoted('1.0'), created: time, last_updated: time, projects }));
  }
  if (added.length === 0) return undefined;
  const changes = added.map(({ name, node }): Setting => ({ path: ['projects', name], node }));
  return setInYaml(target.registry.text, [{ path: ['last_updated'], node: time }, ...changes]);
}

/** Sections and keys of the package that the person's file lacks; `created` and `version` are only set if missing. */
function missingSections(root: YamlMap, defaults: YamlMap, path: readonly string[] = []): Setting[] {
  return defaults.entries.flatMap(({ key, value }): Setting[] => {
    const here = [...path, key.source];
    const there = nodeAt(root, here);
    if (there === undefined) return key.source === 'last_updated' ? [] : [{ path: here, node: value }];
    return there.kind === 'map' && value.kind === 'map' ? missingSections(root, value, here) : [];
  });
}

/** The changes, each setting in the section that is added anyway where there is one. */
function inSections(sections: readonly Setting[], settings: readonly Setting[]): Setting[] {
  const idOf = (path: readonly string[]) => JSON.stringify(path);
  const added = new Map(sections.map(({ path }) => [idOf(path), [] as Setting[]]));
  const changes: Setting[] = [];
  for (const setting of settings) {
    const { path } = setting;
    const depth = path.findIndex((_, index) => added.has(idOf(path.slice(0, index + 1)))) + 1;
    const rest = { path: path.slice(depth), node: setting.node };
    if (depth === 0) changes.push(setting);
    else added.get(idOf(path.slice(0, depth)))?.push(rest);
  }
  const whole = sections.map(({ path, node }) => ({
    path,
    node: settled(node, added.get(idOf(path)) ?? []),
  }));
  return [...whole, ...changes];
}

/** A copy of the tree with these values set, one after the other; missing maps are made. */
function withSettings(tree: YamlMap, settings: readonly Setting[]): YamlMap {
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
function settled(node: YamlNode, settings: readonly Setting[]): YamlNode {
  const last = settings.findLastIndex(({ path }) => path.length === 0);
  const base = settings[last]?.node ?? node;
  const inside = settings.slice(last + 1);
  return inside.length === 0 ? base : withSettings(base.kind === 'map' ? base : map({}), inside);
}
