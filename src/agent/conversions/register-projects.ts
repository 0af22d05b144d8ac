import { join } from 'node:path';
import { readJson, textOf } from '../credentials/json-source.ts';
import { keyItem, keyPath } from '../plan/ledger.ts';
import { detectKind } from '../survey/frameworks.ts';
import { fieldOf, type LegacyProject, type ProjectField, type ProjectMention } from '../survey/projects.ts';
import { ifReachable, readIfReachable, statIfReachable } from '../survey/reachable.ts';
import { list, map, quoted, scalar } from '../yaml/build.ts';
import { leavesOf, nodeAt, sameValue } from '../yaml/leaves.ts';
import type { YamlMap, YamlNode } from '../yaml/yaml-node.ts';
import type { Conversion, Work } from './conversion.ts';
import { identifier, list as listReader, oneOf, type Reader, text } from './readers.ts';
import { RegisteredProjects } from './registered-projects.ts';
import { mode } from './renames.ts';
import { shownValue } from './shown-value.ts';

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

/** Where each fact stands in a registry entry. */
const PLACES: Record<ProjectField, readonly string[]> = {
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

/** One registry entry for each project, whatever number of files describes it (formats.md §7). */
export const registerProjects: Conversion = {
  id: 'register-projects',
  version: 1,
  about:
    'Projects of all layouts become entries of projects/registry.yaml; what has no place there stays under legacy.',
  convert(work) {
    const registry = new RegisteredProjects(work);
    for (const project of work.survey.projects) register(work, project, registry);
  },
};

function register(work: Work, project: LegacyProject, registry: RegisteredProjects): void {
  const there = registry.entryOf(project);
  if (there !== undefined) {
    compareWithEntry(work, project, there.name, there.node);
    work.draft.projects.push({ name: there.name, node: there.node, existing: true });
    work.ledger.add({
      kind: 'project',
      item: project.key,
      fate: 'mapped',
      to: `projects/registry.yaml#projects.${keyPath([there.name])}`,
      note: 'registered already; your entry stays as it is',
    });
    return;
  }
  const name = registry.freeName(project.key);
  const facts = settleFacts(work, project, name);
  const node = entryOf(work, project, name, facts);
  work.draft.projects.push({ name, node, existing: false });
  const notes = [
    ...(project.exists ? [] : ['its folder is not there: registered with status error']),
    ...(name === project.name ? [] : [`was ${project.name}; renamed, since another project has that name`]),
  ];
  work.ledger.add({
    kind: 'project',
    item: project.key,
    fate: name === project.name ? 'mapped' : 'renamed',
    to: `projects/registry.yaml#projects.${keyPath([name])}`,
    note: notes.length === 0 ? undefined : notes.join('; '),
  });
}

/** An entry of the person's own registry wins: what the old files say otherwise is kept under `legacy`. */
function compareWithEntry(work: Work, project: LegacyProject, name: string, entry: YamlMap): void {
  const facts: Facts = {};
  for (const [field, place] of Object.entries(PLACES)) {
    facts[field as ProjectField] = nodeAt(entry, [...place]) ?? scalar(null);
  }
  settleFacts(work, project, name, facts);
}

/** A status.json of more bytes is not one that the orchestrator wrote. */
const LARGEST_STATUS = 1 << 20;
/** `IDLE`, `SPRINT_ACTIVE`: the file is anybody's, so nothing else is taken from it. */
const STATE_NAME = /^[A-Z][A-Z0-9_]{0,40}$/i;

type Facts = Partial<Record<ProjectField, YamlNode>>;

/** Decides every field by precedence and gives each leaf that states one its fate. */
function settleFacts(work: Work, project: LegacyProject, name: string, known?: Facts): Facts {
  const path = project.path === undefined ? {} : { path: quoted(project.path) };
  const facts: Facts = known ?? { name: quoted(name), ...path };
  for (const field of Object.keys(READERS) as ProjectField[]) {
    for (const mention of project.mentions) settleField(work, project, mention, field, facts, name);
  }
  return facts;
}

function settleField(
  work: Work,
  project: LegacyProject,
  mention: ProjectMention,
  given: ProjectField,
  facts: Facts,
  name: string,
): void {
  const stated = fieldOf(mention, given, work.secretItems);
  if (stated === undefined) return;
  const items = leavesOf(stated.node).map((leaf) =>
    keyItem(mention.file.rel, [...stated.path, ...leaf.path]),
  );
  if (items.some((item) => work.ledger.has('key', item) || work.secretItems.has(item))) return;
  const field = given === 'channelName' && isId(stated.node) ? 'channelId' : given;
  let reading = READERS[field](stated.node);
  if (reading.kind === 'nothing') return;
  if (reading.kind === 'rejected') {
    if (field !== 'mode') return;
    if (facts.mode !== undefined && !isNull(facts.mode)) {
      const note = `another source goes first; this one said ${shownValue(stated.node)}`;
      for (const item of items) {
        work.echoed.add(item);
        work.ledger.add({ kind: 'key', item, fate: 'kept-unused', note });
      }
      return;
    }
    const id = `value:projects.${project.key}.mode`;
    const answer = work.decisions.ask({
      id,
      question: `Project ${project.key} has the mode ${shownValue(stated.node)}, which ${reading.why}. What should it be?`,
      options: [{ id: 'default', outcome: 'Use the mode that is set for all projects.' }],
      file: mention.file.rel,
      line: stated.node.line,
    });
    for (const item of items) {
      work.echoed.add(item);
      work.ledger.add({
        kind: 'key',
        item,
        fate: answer === undefined ? 'needs-you' : 'kept-unused',
        note: id,
      });
    }
    return;
  }
  if (field === 'status' && !project.exists) {
    for (const item of items) {
      work.echoed.add(item);
      work.ledger.add({
        kind: 'key',
        item,
        fate: 'kept-unused',
        note: 'the folder is gone: its status is error now',
      });
    }
    return;
  }
  if (field === 'registered' || field === 'lastActive')
    reading = { ...reading, node: timeText(reading.node) };
  const winning = facts[field];
  const place = ['projects', name, ...PLACES[field]];
  const moved =
    winning === undefined ||
    (field === 'name' || field === 'path' ? !isNull(winning) : sameText(winning, reading.node));
  if (winning === undefined) facts[field] = reading.node;
  for (const item of items) {
    if (!moved || (field === 'status' && reading.kind === 'renamed')) work.echoed.add(item);
    work.ledger.add({
      kind: 'key',
      item,
      fate: !moved ? 'kept-unused' : reading.kind === 'renamed' || field !== given ? 'renamed' : 'mapped',
      to: moved ? `projects/registry.yaml#${keyPath(place)}` : undefined,
      note: moved ? undefined : `another file goes first; this one said ${shownValue(stated.node)}`,
    });
  }
  if (moved && items[0] !== undefined) {
    work.draft.moves.push({
      item: items[0],
      file: 'projects/registry.yaml',
      path: place,
      node: facts[field] as YamlNode,
    });
  }
}

function entryOf(work: Work, project: LegacyProject, name: string, facts: Facts): YamlMap {
  const kind = project.exists ? detectKind(work.system, project.path as string) : undefined;
  const state = currentState(work, project);
  const or = (field: ProjectField, fallback: YamlNode): YamlNode => facts[field] ?? fallback;
  const nothing = scalar(null);
  return map({
    name: quoted(name),
    path: quoted(project.path ?? ''),
    registered: or('registered', quoted(work.now.toISOString())),
    last_active: or('lastActive', nothing),
    mode: or('mode', work.draft.get(['global', 'default_mode']) ?? work.defaults('global.default_mode')),
    framework: or('framework', scalar(kind?.framework ?? 'general')),
    language: or('language', scalar(kind?.language ?? 'unknown')),
    status: project.exists ? or('status', scalar('idle')) : scalar('error'),
    discord: map({ channel_id: or('channelId', nothing), channel_name: or('channelName', nothing) }),
    github: map({ repository: or('repository', nothing), default_branch: or('branch', nothing) }),
    metadata: map({
      description: or('description', quoted('')),
      language: or('language', scalar(kind?.language ?? 'unknown')),
      repository: or('repository', nothing),
      tags: or('tags', list([])),
      migrated_from: list([...new Set(project.mentions.map((mention) => mention.file.rel))].map(quoted)),
    }),
    state: map({ current: state.current, state_file: state.file }),
  });
}

function currentState(work: Work, project: LegacyProject): { current: YamlNode; file: YamlNode } {
  if (!project.hasState) return { current: scalar(null), file: scalar(null) };
  const path = join(project.path as string, '.orch-state', 'status.json');
  const stat = statIfReachable(work.system, path);
  if (stat?.kind !== 'file') return { current: scalar(null), file: scalar(null) };
  const real = ifReachable(() => work.system.realPath(path));
  const bytes =
    stat.size > LARGEST_STATUS || real === undefined ? undefined : readIfReachable(work.system, real);
  const current = readJson(bytes?.toString('utf8') ?? '');
  const text = textOf(current, 'current_state');
  const isState = text !== undefined && STATE_NAME.test(text) && !work.holdsSecret(Buffer.from(text));
  return { current: isState ? quoted(text) : scalar(null), file: quoted(path) };
}

function isNull(node: YamlNode): boolean {
  return node.kind === 'scalar' && node.type === 'null';
}

function isId(node: YamlNode): boolean {
  return node.kind === 'scalar' && /^\d{15,20}$/.test(String(node.value));
}

/** Times are quoted text, so that no loader makes an object of them. */
function timeText(node: YamlNode): YamlNode {
  return node.kind === 'scalar' ? quoted(String(node.type === 'text' ? node.value : node.source)) : node;
}

function sameText(a: YamlNode, b: YamlNode): boolean {
  return (
    sameValue(a, b) || (a.kind === 'scalar' && b.kind === 'scalar' && String(a.value) === String(b.value))
  );
}
