import { basename, join, resolve } from 'node:path';
import { keyItem } from '../plan/ledger.ts';
import type { ReadSystem } from '../system.ts';
import { leavesOf, nodeAt } from '../yaml/leaves.ts';
import type { YamlNode } from '../yaml/yaml-node.ts';
import { ifReachable, statIfReachable } from './reachable.ts';
import type { SettingsFile } from './settings-files.ts';
import { UniqueNames } from './unique-names.ts';

/** One place that describes a project: `prefix` is the path of its map inside `file`. */
export interface ProjectMention {
  readonly file: SettingsFile;
  readonly prefix: readonly string[];
  readonly node: YamlNode;
}

export interface LegacyProject {
  /** Unique: `name`, or `name-2` where two different projects share a name. */
  readonly key: string;
  readonly name: string;
  /** Absolute; undefined when no source says it. */
  readonly path: string | undefined;
  readonly exists: boolean;
  readonly hasState: boolean;
  /** In order of precedence: the first that says something wins. */
  readonly mentions: readonly ProjectMention[];
  /** Set when the name had to be changed to stay unique. */
  readonly clashOf?: string;
}

/** Where each of a project's facts may stand inside its map; the first that is there wins. */
export const PROJECT_FIELDS = {
  name: [['name'], ['project_name'], ['project', 'name']],
  path: [['path'], ['project_path'], ['directory'], ['project', 'path']],
  mode: [['orchestration', 'mode'], ['orchestration'], ['orchestration_mode'], ['mode'], ['default_mode']],
  status: [['status']],
  description: [['description'], ['project', 'description']],
  tags: [['tags']],
  channelId: [['discord', 'channel_id'], ['discord_channel_id'], ['channel_id']],
  channelName: [['discord', 'channel_name'], ['discord', 'channel'], ['discord_channel'], ['channel']],
  repository: [['git_url'], ['github', 'repository'], ['repository'], ['repo']],
  branch: [['github', 'default_branch'], ['default_branch'], ['branch']],
  registered: [['created_at'], ['registered'], ['created']],
  lastActive: [['last_activity'], ['last_active']],
  language: [['language']],
  framework: [['framework']],
} as const satisfies Record<string, readonly (readonly string[])[]>;

export type ProjectField = keyof typeof PROJECT_FIELDS;

/**
 * The part of a mention that states `field`, with its path in the file; undefined when it says nothing. A secret among
 * `secretItems` is no name, no path and no other fact of a project.
 */
export function fieldOf(
  mention: ProjectMention,
  field: ProjectField,
  secretItems: ReadonlySet<string>,
): { path: readonly string[]; node: YamlNode } | undefined {
  for (const path of PROJECT_FIELDS[field]) {
    const node = nodeAt(mention.node, [...path]);
    if (node === undefined || (node.kind === 'scalar' && node.type === 'null')) continue;
    if (field !== 'tags' && node.kind !== 'scalar') continue;
    const whole = [...mention.prefix, ...path];
    const items = leavesOf(node).map((leaf) => keyItem(mention.file.rel, [...whole, ...leaf.path]));
    if (items.some((item) => secretItems.has(item))) continue;
    return { path: whole, node };
  }
  return undefined;
}

/** The mentions of one project while they are collected. */
interface Group {
  readonly name: string;
  path: string | undefined;
  /** The folder that its path leads to. */
  identity: string | undefined;
  readonly mentions: ProjectMention[];
}

/** All projects of the installation, one entry each however many files describe it. */
export function findProjects(
  system: ReadSystem,
  clone: string,
  files: readonly SettingsFile[],
  secretItems: ReadonlySet<string>,
): LegacyProject[] {
  const groups: Group[] = [];
  const byIdentity = new Map<string, Group>();
  /** The first of each name: of all with one name only it can be without a folder. */
  const byName = new Map<string, Group>();
  for (const mention of files.flatMap(mentionsIn)) {
    const stated = textOf(fieldOf(mention, 'path', secretItems)?.node);
    const path =
      stated === undefined || stated === '' ? undefined : resolve(clone, expandHome(stated, system.home));
    const identity = path === undefined ? undefined : identityOf(system, path);
    const name = nameOf(mention, path, secretItems);
    const sameFolder = identity === undefined ? undefined : byIdentity.get(identity);
    const namesake = byName.get(name);
    const isSame = namesake !== undefined && (identity === undefined || namesake.identity === undefined);
    let group = sameFolder ?? (isSame ? namesake : undefined);
    if (group === undefined) {
      group = { name, path, identity, mentions: [] };
      groups.push(group);
      if (namesake === undefined) byName.set(name, group);
    }
    group.path ??= path;
    group.identity ??= identity;
    group.mentions.push(mention);
    if (group.identity !== undefined) byIdentity.set(group.identity, group);
  }
  const names = new UniqueNames();
  return groups.map(({ name, path, mentions }) => {
    const key = names.take(name);
    const exists = path !== undefined && statIfReachable(system, path)?.kind === 'folder';
    const hasState = exists && statIfReachable(system, join(path, '.orch-state'))?.kind === 'folder';
    return { key, name, path, exists, hasState, mentions, ...(key === name ? {} : { clashOf: name }) };
  });
}

/** Every map of a file that describes a project. */
function mentionsIn(file: SettingsFile): ProjectMention[] {
  if (file.root === undefined) return [];
  const at = (prefix: string[]): ProjectMention[] => {
    const node = nodeAt(file.root as YamlNode, prefix);
    return node?.kind === 'map' ? [{ file, prefix, node }] : [];
  };
  switch (file.role) {
    case 'project':
      return at([]);
    case 'project-list':
    case 'multi':
      return entriesOf(file, ['projects']).flatMap(at);
    case 'main': {
      const single = at(['orchestrator']).filter((mention) => saysProject(mention));
      return [...entriesOf(file, ['projects']).flatMap(at), ...single];
    }
    default:
      return [];
  }
}

/** The `project_name`/`project_path` pair of a single project beside other settings. */
function saysProject(mention: ProjectMention): boolean {
  return ['project_name', 'project_path'].some((key) => textOf(nodeAt(mention.node, [key])) !== undefined);
}

function entriesOf(file: SettingsFile, path: string[]): string[][] {
  const node = nodeAt(file.root as YamlNode, path);
  if (node?.kind === 'list') return node.items.map((_, index) => [...path, String(index)]);
  if (node?.kind === 'map') return node.entries.map(({ key }) => [...path, key.source]);
  return [];
}

function nameOf(mention: ProjectMention, path: string | undefined, secretItems: ReadonlySet<string>): string {
  const stated = textOf(fieldOf(mention, 'name', secretItems)?.node);
  if (stated !== undefined && stated !== '') return stated;
  const last = mention.prefix.at(-1);
  if (mention.prefix[0] === 'projects' && last !== undefined && !/^\d+$/.test(last)) return last;
  if (mention.file.role === 'project') return basename(mention.file.rel).replace(/\.ya?ml$/, '');
  return path === undefined ? 'project' : basename(path);
}

function textOf(node: YamlNode | undefined): string | undefined {
  return node?.kind === 'scalar' && node.type !== 'null' ? String(node.value) : undefined;
}

function expandHome(path: string, home: string): string {
  return path === '~' ? home : path.startsWith('~/') ? join(home, path.slice(2)) : path;
}

/** Two paths that lead to the same folder are one project, links included. */
function identityOf(system: ReadSystem, path: string): string {
  return ifReachable(() => system.realPath(path)) ?? path;
}
