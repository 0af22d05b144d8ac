import { keyItem } from '../plan/ledger.ts';
import { withSettings } from '../plan/with-settings.ts';
import { fieldOf, type LegacyProject, type ProjectField, type ProjectMention } from '../survey/projects.ts';
import { quoted } from '../yaml/build.ts';
import { leavesOf } from '../yaml/leaves.ts';
import type { YamlMap, YamlNode } from '../yaml/yaml-node.ts';
import type { Work } from './conversion.ts';
import { identifier, list as listReader, oneOf, type Reader, type Reading, text } from './readers.ts';
import { mode } from './renames.ts';

/** What a legacy project status is called in the registry; the original stays under `legacy` where the word changes. */
const status = oneOf(['active', 'idle', 'paused', 'error', 'archived'], {
  maintenance: 'idle',
  initializing: 'idle',
});
const framework = oneOf(['web', 'api', 'ml', 'mobile', 'desktop', 'general']);

const READERS: Record<ProjectField, Reader> = {
  name: text,
  path: text,
  mode,
  status,
  description: text,
  tags: listReader,
  channelId: identifier,
  channelName: text,
  repository: text,
  branch: text,
  registered: text,
  lastActive: text,
  language: text,
  framework,
};

export const FIELDS = Object.keys(READERS) as ProjectField[];

/** Where each fact stands in a registry entry. */
export const PLACES: Record<ProjectField, readonly string[]> = {
  name: ['name'],
  path: ['path'],
  mode: ['mode'],
  status: ['status'],
  description: ['metadata', 'description'],
  tags: ['metadata', 'tags'],
  channelId: ['discord', 'channel_id'],
  channelName: ['discord', 'channel_name'],
  repository: ['github', 'repository'],
  branch: ['github', 'default_branch'],
  registered: ['registered'],
  lastActive: ['last_active'],
  language: ['metadata', 'language'],
  framework: ['framework'],
};

/** Places that repeat a fact, since the package reads it there. */
export const ALSO_AT: Partial<Record<ProjectField, readonly string[]>> = {
  language: ['language'],
  repository: ['metadata', 'repository'],
};

export type Facts = Partial<Record<ProjectField, YamlNode>>;

/** One statement about a project in one file. */
export interface Statement {
  /** The field that it states: text that is an id names a channel by its id, not by its name. */
  readonly field: ProjectField;
  /** In its file. */
  readonly path: readonly string[];
  /** Items of the ledger. */
  readonly items: readonly string[];
  readonly node: YamlNode;
  readonly reading: Exclude<Reading, { kind: 'nothing' }>;
  readonly isRenamed: boolean;
}

/** What a mention says of a field; undefined where it says nothing, a secret stands there, or it has a fate already. */
export function statementOf(
  { ledger, secretItems }: Work,
  mention: ProjectMention,
  given: ProjectField,
): Statement | undefined {
  const stated = fieldOf(mention, given, secretItems);
  if (stated === undefined) return undefined;
  const { node } = stated;
  const items = leavesOf(node).map((leaf) => keyItem(mention.file.rel, [...stated.path, ...leaf.path]));
  if (items.some((item) => ledger.has('key', item) || secretItems.has(item))) return undefined;
  const field = given === 'channelName' && isId(node) ? 'channelId' : given;
  const reading = READERS[field](node);
  if (reading.kind === 'nothing') return undefined;
  const isTime = field === 'registered' || field === 'lastActive';
  return {
    field,
    path: stated.path,
    items,
    node,
    reading: isTime && reading.kind !== 'rejected' ? { ...reading, node: timeText(reading.node) } : reading,
    isRenamed: reading.kind === 'renamed' || field !== given,
  };
}

/** What the files state of a project, settled by their precedence; its place in the registry is no statement of theirs. */
export function statedFacts(work: Work, { mentions }: LegacyProject): Facts {
  const facts: Facts = {};
  for (const given of FIELDS.filter((field) => field !== 'name' && field !== 'path')) {
    for (const mention of mentions) {
      const statement = statementOf(work, mention, given);
      if (statement !== undefined && statement.reading.kind !== 'rejected')
        facts[statement.field] ??= statement.reading.node;
    }
  }
  return facts;
}

function isId(node: YamlNode): boolean {
  return node.kind === 'scalar' && /^\d{15,20}$/.test(String(node.value));
}

/** Times are quoted text, so that no loader makes an object of them. */
function timeText(node: YamlNode): YamlNode {
  return node.kind === 'scalar' ? quoted(String(node.type === 'text' ? node.value : node.source)) : node;
}

/** A registry entry with these facts in their places. */
export function withFacts(entry: YamlMap, facts: Facts): YamlMap {
  return withSettings(
    entry,
    FIELDS.flatMap((field) => {
      const [node, also] = [facts[field], ALSO_AT[field]];
      if (node === undefined) return [];
      return [{ path: PLACES[field], node }, ...(also === undefined ? [] : [{ path: also, node }])];
    }),
  );
}
