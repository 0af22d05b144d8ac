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
    const whole = draft.settings.reduce(
      (tree, setting) => withSetting(tree, setting.path, setting.node),
      defaults,
    );
    return writeYaml(whole, { comment: CONFIG_NOTE });
  }
  const root = target.config.root;
  const wanted = draft.settings.reduce(withChange, missingSections(root, defaults));
  const changes = wanted.filter(({ path, node }) => {
    const there = nodeAt(root, path);
    return there === undefined || !sameValue(there, node);
  });
  if (changes.length === 0) return undefined;
  return setInYaml(target.config.text, [
    ...changes,
    { path: ['last_updated'], node: quoted(now.toISOString()) },
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
  return setInYaml(target.registry.text, [...changes, { path: ['last_updated'], node: time }]);
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

/** Adds a change, or puts it into the section that is added anyway. */
function withChange(changes: Setting[], setting: Setting): Setting[] {
  const at = changes.findIndex(({ path }) => path.every((part, index) => setting.path[index] === part));
  const section = changes[at];
  if (section === undefined) return [...changes, setting];
  const rest = setting.path.slice(section.path.length);
  const node =
    rest.length === 0 || section.node.kind !== 'map'
      ? setting.node
      : withSetting(section.node, rest, setting.node);
  return changes.with(at, { path: section.path, node });
}

/** A copy of the tree with one value set; missing maps are made. */
function withSetting(tree: YamlMap, path: readonly string[], node: YamlNode): YamlMap {
  const [first, ...rest] = path as [string, ...string[]];
  const at = tree.entries.findIndex(({ key }) => key.source === first);
  const old = tree.entries[at]?.value;
  const value = rest.length === 0 ? node : withSetting(old?.kind === 'map' ? old : map({}), rest, node);
  const entry = { key: tree.entries[at]?.key ?? keyScalar(first), value };
  const entries = at < 0 ? [...tree.entries, entry] : tree.entries.with(at, entry);
  return { ...tree, entries };
}

function keyScalar(text: string) {
  const key = scalar(text);
  return key.type === 'text' ? key : quoted(text);
}
