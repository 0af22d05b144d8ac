import { basename } from 'node:path';
import { dotted, isDefault, isRead, placesInConfig, placesInEntry, sameValue } from './places.ts';
import type { Facts, Leaf } from './read.ts';
import type { Subject } from './subjects.ts';

/** What became of something, in the words of the page. */
export const OUTCOMES = {
  carried: 'carried exactly',
  kept: 'kept, where the package does not read it',
  renamed: 'carried under another name',
  patch: 'carried as a patch',
  overruled: 'another file’s value is in its place',
  changed: 'changed',
  example: 'an example’s value is in its place',
  clear: 'in clear text',
  unlinked: 'left in its place, and the new home does not name it',
  said: 'not carried, and said so',
  lost: 'lost without a word',
} as const;

export type Outcome = keyof typeof OUTCOMES;

export interface Item {
  readonly kind: 'setting' | 'project' | 'state' | 'secret' | 'file';
  readonly name: string;
  readonly outcome: Outcome;
}

/** Everything of the person's, with what became of it. `told` is what the person was told is not carried. */
export function judge(subject: Subject, before: Facts, after: Facts, told: string): Item[] {
  const missing = (name: string): Outcome => (isTold(told, name) ? 'said' : 'lost');
  const entryOf = (path: string) =>
    Object.entries(after.registry).find(([, leaves]) => slashless(at(leaves, 'path')) === slashless(path));
  const isSecret = (value: string) => subject.secrets.some((secret) => secret.value === value);
  const settings = Object.entries(after.settings).flatMap(([file, leaves]) =>
    leaves
      .filter(({ value }) => !isSecret(value))
      .map((leaf): Item => {
        const outcome = judgeSetting(file, leaf, leaves, after, entryOf);
        const name = `${file}#${leaf.path.join('.')}`;
        return { kind: 'setting', name, outcome: outcome === 'lost' ? missing(name) : outcome };
      }),
  );
  const labelled = (name: string, path: string) =>
    subject.projects.some((other) => other.name === name && other.path !== path)
      ? `${name} in ${basename(path)}`
      : name;
  const projects = subject.projects.map(({ name, path }): Item => {
    const found = entryOf(path)?.[0];
    return {
      kind: 'project',
      name: labelled(name, path),
      outcome: found === undefined ? missing(name) : found === name ? 'carried' : 'renamed',
    };
  });
  const states = subject.projects
    .filter(({ path }) => before.states[path] !== NOTHING)
    .map(({ name, path }): Item => {
      const same = before.states[path] === after.states[path];
      return {
        kind: 'state',
        name: labelled(name, path),
        outcome: !same ? 'changed' : entryOf(path) ? 'carried' : 'unlinked',
      };
    });
  const secrets = subject.secrets.map(({ name, file }): Item => {
    const outcome = { stored: 'carried', clear: 'clear', nowhere: missing(file) } as const;
    return { kind: 'secret', name, outcome: outcome[after.secrets[name] ?? 'nowhere'] };
  });
  const files = Object.entries(after.files).map(([name, how]): Item => {
    const outcome = { same: 'carried', patch: 'patch', nowhere: missing(name) } as const;
    return { kind: 'file', name, outcome: outcome[how] };
  });
  return [...settings, ...projects, ...states, ...secrets, ...files];
}

/** How many values of the new home an example file states for that place, and no file of the person's, and no default. */
export function exampleValues({ config, settings, examples }: Facts): number {
  const states = (leaves: readonly Leaf[], { path, value }: Leaf) =>
    leaves.some(
      (leaf) => placesInConfig('', dotted(leaf.path)).includes(dotted(path)) && sameValue(leaf.value, value),
    );
  const own = Object.values(settings).flat();
  return config.filter((leaf) => !isDefault(leaf) && states(examples, leaf) && !states(own, leaf)).length;
}

/** How many entries of the registry are of no project of the person. */
export function strangers({ projects }: Subject, { registry }: Facts): number {
  const paths = new Set(projects.map(({ path }) => slashless(path)));
  return Object.values(registry).filter((leaves) => !paths.has(slashless(at(leaves, 'path')))).length;
}

/** SHA-256 of no file at all. */
const NOTHING = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

type EntryOf = (path: string) => [string, readonly Leaf[]] | undefined;

function judgeSetting(
  file: string,
  { path, value }: Leaf,
  inFile: readonly Leaf[],
  { config, settings, examples }: Facts,
  entryOf: EntryOf,
): Outcome {
  const key = dotted(path);
  const standing = (leaves: readonly Leaf[], places: readonly string[]) =>
    leaves.filter((leaf) => places.includes(dotted(leaf.path)));
  const project = projectOf(file, path, inFile);
  const entry = project && entryOf(project.path)?.[1];
  const inEntry = entry ? standing(entry, placesInEntry(project.key)) : [];
  const sameHere = (leaf: Leaf) =>
    project?.key === 'path' ? slashless(leaf.value) === slashless(value) : sameValue(leaf.value, value);
  if (inEntry.some(sameHere)) return 'carried';
  if (entry !== undefined && project?.key === 'name') return 'renamed';
  const places = placesInConfig(file, key);
  const same = standing(config, places).filter((leaf) => sameValue(leaf.value, value));
  if (same.length > 0) return same.some((leaf) => isRead(dotted(leaf.path))) ? 'carried' : 'kept';
  const other = [...inEntry, ...standing(config, places)].find((leaf) => !isDefault(leaf));
  if (other === undefined) return 'lost';
  const own = Object.values(settings).flat();
  const comesFrom = (leaves: readonly Leaf[]) => leaves.some((leaf) => sameValue(leaf.value, other.value));
  if (comesFrom(own)) return 'overruled';
  return comesFrom(examples) ? 'example' : 'changed';
}

/** The project that a setting is of, by its path, and the setting's dotted path in that project. */
function projectOf(file: string, path: readonly string[], inFile: readonly Leaf[]) {
  if (file.startsWith('projects/')) {
    const found = inFile.find((leaf) => leaf.path.join('.') === 'path')?.value;
    return found === undefined ? undefined : { path: found, key: dotted(path) };
  }
  const [section, which, ...rest] = path;
  if (section === 'orchestrator' && (which === 'project_name' || which === 'project_path')) {
    const found = inFile.find((leaf) => leaf.path.join('.') === 'orchestrator.project_path')?.value;
    return found === undefined ? undefined : { path: found, key: which.slice('project_'.length) };
  }
  if (section !== 'projects' || which === undefined) return undefined;
  const found = inFile.find((leaf) => leaf.path.join('.') === `projects.${which}.path`)?.value;
  return found === undefined ? undefined : { path: found, key: dotted(rest) };
}

function at(leaves: readonly Leaf[], key: string): string {
  return leaves.find(({ path }) => dotted(path) === key)?.value ?? '';
}

function slashless(path: string): string {
  return path.replace(/\/+$/, '');
}

function isTold(told: string, name: string): boolean {
  const [top = ''] = name.split('/');
  return told.split('\n').some((line) => line.includes(name) || line.endsWith(`: ${top}`));
}
