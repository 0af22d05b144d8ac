import { keyItem, keyPath } from '../plan/ledger.ts';
import { BASE_FILE, type BaseProject } from '../survey/base.ts';
import type { LegacyProject, ProjectField } from '../survey/projects.ts';
import { isSamePlace } from '../survey/reachable.ts';
import { quoted, scalar } from '../yaml/build.ts';
import { nodeAt, sameValue } from '../yaml/leaves.ts';
import type { YamlMap, YamlNode } from '../yaml/yaml-node.ts';
import type { Work } from './conversion.ts';
import { ALSO_AT, type Facts, FIELDS, PLACES, statedFacts, statementOf, withFacts } from './project-facts.ts';
import type { RegisteredProject, RegisteredProjects } from './registered-projects.ts';
import { isInBase, settleFacts } from './settle-facts.ts';
import { baseValue, isReadWhole, type Winner, winnerOf } from './three-way.ts';

/** Facts of an entry that are the home's own business once it is registered. */
const NEVER_TAKEN_BACK: readonly ProjectField[] = ['name', 'path', 'registered', 'lastActive'];

/**
 * A project that the person's registry has: each fact is merged three ways where the last migration left its base, else
 * the entry stays as it is. What the old files say otherwise is kept under `legacy`. `plain` makes the entry that the
 * project would have if nothing were stated.
 */
export function mergeProject(
  work: Work,
  project: LegacyProject,
  { name, node }: RegisteredProject,
  base: BaseProject | undefined,
  plain: () => YamlMap,
): void {
  const stated = statedFacts(work, project);
  const theirs: Facts = { ...stated, mode: stated.mode ?? defaultMode(work) };
  if (!project.exists) theirs.status = scalar('error');
  const facts: Facts = {};
  for (const field of FIELDS) facts[field] = nodeAt(node, PLACES[field]) ?? scalar(null);
  const home = new Map<ProjectField, { winner: Winner; theirs: YamlNode }>();
  if (base !== undefined) {
    if (project.path !== undefined) theirs.path = quoted(project.path);
    if (isReadWhole(work)) addTakenBack(theirs, base, plain);
    for (const field of FIELDS) {
      const value = theirs[field];
      if (value === undefined) continue;
      const winner = mergeField(work, { project, name, node, base }, field, value);
      if (winner === 'source') facts[field] = value;
      else home.set(field, { winner, theirs: value });
    }
  }
  settleFacts(work, project, name, facts, home);
  const mode = base === undefined ? nodeAt(node, ['mode']) : theirs.mode;
  work.draft.projects.push({ name, node, existing: true, mode });
  // Not the home's own entry: what the person wrote into that, secrets too, is no statement of the installation.
  const entry = withFacts(base?.entry ?? plain(), theirs);
  work.draft.baseProjects.push({ key: project.key, name, entry, stated: Object.keys(stated) });
}

/** Facts that the files stated at the last migration and do not state now are again what they would be without. */
function addTakenBack(theirs: Facts, { stated }: BaseProject, plain: () => YamlMap): void {
  const fields = FIELDS.filter(
    (field) => stated.includes(field) && theirs[field] === undefined && !NEVER_TAKEN_BACK.includes(field),
  );
  if (fields.length === 0) return;
  const entry = plain();
  for (const field of fields) theirs[field] = nodeAt(entry, PLACES[field]) ?? scalar(null);
}

interface Merging {
  readonly project: LegacyProject;
  readonly name: string;
  readonly node: YamlMap;
  readonly base: BaseProject;
}

function mergeField(
  work: Work,
  { project, name, node, base }: Merging,
  field: ProjectField,
  theirs: YamlNode,
): Winner {
  const path = ['projects', name, ...PLACES[field]];
  const mine = nodeAt(node, PLACES[field]);
  if (field === 'path' && isSamePlace(work.system, textOf(mine), textOf(theirs))) return 'home';
  const winner = winnerOf(work, {
    at: `projects/registry.yaml#${keyPath(path)}`,
    path,
    mine,
    base: nodeAt(base.entry, PLACES[field]),
    theirs,
    file: project.mentions[0]?.file.rel,
  });
  if (winner !== 'source' || (mine !== undefined && sameValue(mine, theirs))) return winner;
  work.draft.projectChanges.push({ path, node: theirs });
  const also = ALSO_AT[field];
  const [there, was] = also === undefined ? [] : [nodeAt(node, also), nodeAt(base.entry, also)];
  if (also !== undefined && there !== undefined && was !== undefined && sameValue(there, was))
    work.draft.projectChanges.push({ path: ['projects', name, ...also], node: theirs });
  return winner;
}

function textOf(node: YamlNode | undefined): string {
  return node?.kind === 'scalar' ? String(node.value) : '';
}

/**
 * True for a project that the person took out of their registry after an earlier migration. It is registered again only if
 * the installation changed it since, and the person wants it.
 */
export function staysOut(work: Work, project: LegacyProject, base: BaseProject): boolean {
  const { name } = base;
  const stated = statedFacts(work, project);
  const theirs: Facts = { ...stated, mode: stated.mode ?? defaultMode(work) };
  if (project.path !== undefined) theirs.path = quoted(project.path);
  const isChanged = FIELDS.some((field) => {
    const [now, then] = [theirs[field], nodeAt(base.entry, PLACES[field])];
    return now !== undefined && (then === undefined || !sameValue(now, then));
  });
  const at = `projects/registry.yaml#${keyPath(['projects', name])}`;
  const answer = isChanged
    ? work.decisions.ask({
        id: `both:${at}`,
        question: `You took project ${name} out of your registry, and the old installation changed it since the last migration. Which one counts?`,
        options: [
          { id: 'mine', outcome: 'Leave it out of the registry.' },
          { id: 'old', outcome: 'Register it again, as the old installation has it now.' },
        ],
        safe: 'mine',
        file: project.mentions[0]?.file.rel,
      })
    : 'mine';
  if (answer === 'old') return false;
  const note = 'you took the project out of your registry since the last migration';
  for (const field of FIELDS) {
    for (const mention of project.mentions) {
      const statement = statementOf(work, mention, field);
      if (statement === undefined) continue;
      const isEchoed = isInBase(work, mention, statement.path);
      for (const item of statement.items) {
        if (isEchoed) work.echoed.add(item);
        work.ledger.add({
          kind: 'key',
          item,
          fate: 'kept-unused',
          to: isEchoed ? undefined : BASE_FILE,
          note,
        });
      }
    }
  }
  work.draft.projects.push({ name, node: base.entry, existing: true, leftOut: true, mode: theirs.mode });
  const entry = withFacts(base.entry, theirs);
  work.draft.baseProjects.push({ key: project.key, name, entry, stated: Object.keys(stated) });
  work.ledger.add({ kind: 'project', item: project.key, fate: 'left', note });
  return true;
}

/** Projects of the last migration that the installation does not have any more. Work may go on in them: the person is asked. */
export function followGoneProjects(work: Work, registry: RegisteredProjects): void {
  const known = new Set(work.draft.baseProjects.map(({ name }) => name));
  const gone = (work.survey.target.base?.projects ?? []).filter(({ name }) => !known.has(name));
  for (const project of gone) {
    const { name } = project;
    if (!isReadWhole(work)) work.draft.baseProjects.push(project);
    if (!isReadWhole(work) || !registry.has(name)) continue;
    const at = `projects/registry.yaml#${keyPath(['projects', name])}`;
    const answer = work.decisions.ask({
      id: `gone:${at}`,
      question: `The old installation does not have project ${name} any more. Should it stay in your registry?`,
      options: [
        { id: 'keep', outcome: 'Keep it.' },
        { id: 'remove', outcome: 'Take it out of the registry; its folder is not touched.' },
      ],
      safe: 'keep',
    });
    const note = 'the old installation does not have it any more';
    const item = keyItem(BASE_FILE, ['projects', name]);
    if (answer === 'remove') work.draft.projectRemovals.push(name);
    work.ledger.add({
      kind: 'project',
      item,
      ...(answer === 'remove'
        ? { fate: 'dropped' as const, note }
        : { fate: 'kept-in-effect' as const, to: at, note }),
    });
  }
}

/** The mode of projects that state none, as the old installation has it. */
export function defaultMode(work: Work): YamlNode {
  const path = ['global', 'default_mode'];
  const before = isReadWhole(work) ? undefined : baseValue(work, path);
  return work.draft.get(path) ?? before ?? work.defaults('global.default_mode');
}
