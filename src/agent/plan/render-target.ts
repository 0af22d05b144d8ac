import type { Draft, Setting } from '../conversions/draft.ts';
import type { Target } from '../survey/target.ts';
import { map, quoted } from '../yaml/build.ts';
import { nodeAt, sameValue } from '../yaml/leaves.ts';
import { setInYaml } from '../yaml/merge-yaml.ts';
import { removeInYaml } from '../yaml/remove-in-yaml.ts';
import { writeYaml } from '../yaml/write-yaml.ts';
import type { YamlMap } from '../yaml/yaml-node.ts';
import { renderBase } from './render-base.ts';
import { settled, withSettings } from './with-settings.ts';

/** The text of each YAML file of the new home; undefined where what is there can stay as it is. */
export interface RenderedTarget {
  readonly config: string | undefined;
  readonly registry: string | undefined;
  /** What the installation said, for the next merge; undefined also where nothing else is written and there was none. */
  readonly base: string | undefined;
}

const CONFIG_NOTE =
  'Written by the migration assistant. Keys under "legacy" are kept from the old installation and are not in effect.';

/**
 * A missing config.yaml is written whole. In an existing one only what is new is set: its comments, its order and every
 * value that the person set stay.
 */
export function renderTarget(
  target: Target,
  source: string,
  draft: Draft,
  defaults: YamlMap,
  now: Date,
): RenderedTarget {
  const config = renderConfig(target, draft, defaults, now);
  const registry = renderRegistry(target, draft, now);
  const isWritten = config !== undefined || registry !== undefined || draft.writes;
  const base =
    isWritten || target.base !== undefined ? renderBase(target.baseFile, source, draft) : undefined;
  return { config, registry, base };
}

function renderConfig(target: Target, draft: Draft, defaults: YamlMap, now: Date): string | undefined {
  if (target.config === undefined) {
    return writeYaml(withSettings(defaults, draft.settings), { comment: CONFIG_NOTE });
  }
  const root = target.config.root;
  const missing = missingSections(root, defaults);
  // A home that was migrated had every key: what lacks in a section was taken out of it.
  const added = target.base === undefined ? missing : missing.filter(({ path }) => path.length === 1);
  const wanted = inSections(added, draft.settings);
  const changes = wanted.filter(({ path, node }) => {
    const there = nodeAt(root, path);
    return there === undefined || !sameValue(there, node);
  });
  if (changes.length === 0 && draft.removals.length === 0) return undefined;
  const text = setInYaml(target.config.text, [
    { path: ['last_updated'], node: quoted(now.toISOString()) },
    ...changes,
  ]);
  return removeInYaml(text, draft.removals);
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
  const { projectChanges, projectRemovals } = draft;
  if (added.length + projectChanges.length + projectRemovals.length === 0) return undefined;
  const changes = added.map(({ name, node }): Setting => ({ path: ['projects', name], node }));
  const text = setInYaml(target.registry.text, [
    { path: ['last_updated'], node: time },
    ...projectChanges,
    ...changes,
  ]);
  return removeInYaml(
    text,
    projectRemovals.map((name) => ['projects', name]),
    'projects/registry.yaml',
  );
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
