import { join } from 'node:path';
import { readJson, textOf } from '../credentials/json-source.ts';
import { keyPath } from '../plan/ledger.ts';
import { detectKind } from '../survey/frameworks.ts';
import type { LegacyProject, ProjectField } from '../survey/projects.ts';
import { ifReachable, readIfReachable, statIfReachable } from '../survey/reachable.ts';
import { list, map, quoted, scalar } from '../yaml/build.ts';
import { nodeAt } from '../yaml/leaves.ts';
import type { YamlMap, YamlNode } from '../yaml/yaml-node.ts';
import type { Conversion, Work } from './conversion.ts';
import { defaultMode, followGoneProjects, mergeProject, staysOut } from './merge-project.ts';
import { type Facts, statedFacts } from './project-facts.ts';
import { projectsBack } from './projects-back.ts';
import { RegisteredProjects } from './registered-projects.ts';
import { settleFacts } from './settle-facts.ts';

/** One registry entry for each project, whatever number of files describes it (formats.md §7). */
export const registerProjects: Conversion = {
  id: 'register-projects',
  version: 2,
  about:
    'Projects of all layouts become entries of projects/registry.yaml; what has no place there stays under legacy.',
  inverse: projectsBack,
  convert(work) {
    const registry = new RegisteredProjects(work);
    for (const project of work.survey.projects) register(work, project, registry);
    followGoneProjects(work, registry);
  },
};

function register(work: Work, project: LegacyProject, registry: RegisteredProjects): void {
  const { entry, base } = registry.find(project);
  if (entry !== undefined) {
    mergeProject(work, project, entry, base, () => entryOf(work, project, entry.name, {}));
    work.ledger.add({
      kind: 'project',
      item: project.key,
      fate: 'mapped',
      to: `projects/registry.yaml#projects.${keyPath([entry.name])}`,
      note: base === undefined ? 'registered already; your entry stays as it is' : 'registered already',
    });
    return;
  }
  if (base !== undefined && staysOut(work, project, base)) return;
  const name = registry.freeName(project.key);
  const stated = statedFacts(work, project);
  const path = project.path === undefined ? {} : { path: quoted(project.path) };
  const facts = settleFacts(work, project, name, { name: quoted(name), ...path });
  const node = entryOf(work, project, name, facts);
  work.draft.projects.push({ name, node, existing: false, mode: nodeAt(node, ['mode']) });
  work.draft.baseProjects.push({ key: project.key, name, entry: node, stated: Object.keys(stated) });
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

/** A status.json of more bytes is not one that the orchestrator wrote. */
const LARGEST_STATUS = 1 << 20;
/** `IDLE`, `SPRINT_ACTIVE`: the file is anybody's, so nothing else is taken from it. */
const STATE_NAME = /^[A-Z][A-Z0-9_]{0,40}$/i;

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
    mode: or('mode', defaultMode(work)),
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
