import { keyPath } from '../plan/ledger.ts';
import type { LegacyProject, ProjectField, ProjectMention } from '../survey/projects.ts';
import { quoted } from '../yaml/build.ts';
import { nodeAt, sameValue } from '../yaml/leaves.ts';
import type { YamlNode } from '../yaml/yaml-node.ts';
import type { Work } from './conversion.ts';
import { type Facts, FIELDS, PLACES, type Statement, statementOf } from './project-facts.ts';
import { givenWay, shownUnlessSecret, type Winner } from './three-way.ts';

/** Fields for which the home's own value goes first, and what the installation says of them. */
export type GivenWay = ReadonlyMap<ProjectField, { readonly winner: Winner; readonly theirs: YamlNode }>;

/**
 * Decides every field of a project by precedence and gives each leaf that states one its fate. What `facts` has already
 * goes before all statements; it is filled up, and returned.
 */
export function settleFacts(
  work: Work,
  project: LegacyProject,
  name: string,
  facts: Facts,
  home: GivenWay = new Map(),
): Facts {
  for (const field of FIELDS) {
    for (const mention of project.mentions) {
      const statement = statementOf(work, mention, field);
      if (statement !== undefined) settle(work, { project, name, facts, home }, mention, statement);
    }
  }
  return facts;
}

interface Settling {
  readonly project: LegacyProject;
  readonly name: string;
  readonly facts: Facts;
  readonly home: GivenWay;
}

function settle(
  work: Work,
  { project, name, facts, home }: Settling,
  mention: ProjectMention,
  statement: Statement,
): void {
  const { field, reading, node, items, path } = statement;
  if (reading.kind === 'rejected') {
    if (field === 'mode') settleBadMode(work, project, mention, statement, facts);
    return;
  }
  if (field === 'status' && !project.exists) {
    keepUnused(work, items, 'the folder is gone: its status is error now');
    return;
  }
  const winning = facts[field];
  const place = ['projects', name, ...PLACES[field]];
  const isSame = winning === undefined || sameText(winning, reading.node);
  // A project is registered under a free name, with its whole path: the first name that is stated, and any spelling of the path.
  const isIdentity = field === 'path' || (field === 'name' && sameText(quoted(project.name), reading.node));
  const moved = isSame || (isIdentity && !isNull(winning));
  facts[field] ??= reading.node;
  const given = home.get(field);
  if (!moved && given !== undefined) {
    const { note, to } = givenWay(given.winner, shownUnlessSecret(work, path, node));
    const wasEchoed = isInBase(work, mention, statement.path);
    const isEchoed = given.winner !== 'home' || wasEchoed || !sameText(given.theirs, reading.node);
    for (const item of items) {
      if (isEchoed) work.echoed.add(item);
      work.ledger.add({ kind: 'key', item, fate: 'kept-unused', to: isEchoed ? undefined : to, note });
    }
    return;
  }
  for (const item of items) {
    if (!moved || (field === 'status' && reading.kind === 'renamed')) work.echoed.add(item);
    work.ledger.add({
      kind: 'key',
      item,
      fate: !moved ? 'kept-unused' : statement.isRenamed || !isSame ? 'renamed' : 'mapped',
      to: moved ? `projects/registry.yaml#${keyPath(place)}` : undefined,
      note: !moved
        ? `another file goes first; this one said ${shownUnlessSecret(work, path, node)}`
        : isSame
          ? undefined
          : `it is ${shownUnlessSecret(work, place, winning)} in the registry`,
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

function settleBadMode(
  work: Work,
  project: LegacyProject,
  mention: ProjectMention,
  { reading, node, items, path }: Statement,
  facts: Facts,
): void {
  if (facts.mode !== undefined && !isNull(facts.mode)) {
    keepUnused(
      work,
      items,
      `another source goes first; this one said ${shownUnlessSecret(work, path, node)}`,
    );
    return;
  }
  const id = `value:projects.${project.key}.mode`;
  const answer = work.decisions.ask({
    id,
    question: `Project ${project.key} has the mode ${shownUnlessSecret(work, path, node)}, which ${reading.kind === 'rejected' ? reading.why : ''}. What should it be?`,
    options: [{ id: 'default', outcome: 'Use the mode that is set for all projects.' }],
    file: mention.file.rel,
    line: nodeAt(mention.file.root ?? node, path)?.line,
  });
  for (const item of items) {
    work.echoed.add(item);
    const fate = answer === undefined ? 'needs-you' : 'kept-unused';
    work.ledger.add({ kind: 'key', item, fate, note: id });
  }
}

function keepUnused(work: Work, items: readonly string[], note: string): void {
  for (const item of items) {
    work.echoed.add(item);
    work.ledger.add({ kind: 'key', item, fate: 'kept-unused', note });
  }
}

/** True where the last migration kept this statement under `legacy`. */
export function isInBase({ survey }: Work, { file }: ProjectMention, path: readonly string[]): boolean {
  const { base } = survey.target;
  return base !== undefined && nodeAt(base.config, ['legacy', file.rel, ...path]) !== undefined;
}

function isNull(node: YamlNode): boolean {
  return node.kind === 'scalar' && node.type === 'null';
}

function sameText(a: YamlNode, b: YamlNode): boolean {
  return (
    sameValue(a, b) || (a.kind === 'scalar' && b.kind === 'scalar' && String(a.value) === String(b.value))
  );
}
