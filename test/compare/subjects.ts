import { join } from 'node:path';
import type { Canary } from '../fixtures/canaries.ts';
import { buildHardInstallation } from '../fixtures/hard-installation.ts';
import { buildManyProjects } from '../fixtures/many-projects.ts';
import { buildMixedInstallation } from '../fixtures/mixed-installation.ts';
import { buildTinyInstallation } from '../fixtures/tiny-installation.ts';

/** A generated installation, and what of it is the person's. */
export interface Subject {
  readonly home: string;
  readonly clone: string;
  /** Settings files that PyYAML reads, relative to the clone; templates are not among them. */
  readonly settings: readonly string[];
  /** Absolute paths. */
  readonly projects: readonly { readonly name: string; readonly path: string }[];
  readonly secrets: readonly SubjectSecret[];
  /** Further regular files of the person, relative to the clone: own, edited, and settings that nobody can read. */
  readonly files: readonly string[];
}

export interface SubjectSecret {
  readonly name: string;
  readonly value: string;
  /** The file that holds it, relative to the clone. */
  readonly file: string;
}

export interface Kind {
  readonly name: string;
  readonly what: string;
  /** Builds it below `root`, the same every time. */
  build(root: string): Subject;
}

export const KINDS: readonly Kind[] = [
  { name: 'tiny', what: 'one project, one settings file, two secrets, no git', build: tiny },
  { name: 'mixed', what: 'all three layouts mixed, five projects, one of them gone', build: mixed },
  { name: 'hard', what: 'values out of range, a locked store, broken and hostile YAML', build: hard },
  { name: 'many', what: 'a hundred projects, a settings file for each', build: many },
];

function tiny(root: string): Subject {
  const { home, clone, project, canaries } = buildTinyInstallation(root, 'none');
  return {
    home,
    clone,
    settings: ['config.yml'],
    projects: [{ name: 'shop', path: project }],
    secrets: secretsIn('home/clone/', canaries),
    files: ['agent-poet.yaml'],
  };
}

function mixed(root: string): Subject {
  const built = buildMixedInstallation(root, { stateMegabytes: 1 });
  const { home, clone, projects, canaries, settingsFiles, own } = built;
  const odd = new Set([own.danglingLink, own.fifo, ...own.linkLoop]);
  return {
    home,
    clone,
    settings: settingsFiles,
    projects,
    secrets: secretsIn('home/agent-workflow/', canaries),
    files: [...own.files, ...own.edited].filter((name) => !odd.has(name)),
  };
}

function hard(root: string): Subject {
  const { home, clone, project, canaries, hostile, decisions } = buildHardInstallation(root);
  const unreadable = decisions.filter(({ kind }) => kind === 'unreadable-settings').map(({ file }) => file);
  const twice = hostile.filter(({ problem }) => problem === 'duplicate key').map(({ file }) => file);
  const others = hostile.filter(({ problem }) => problem !== 'duplicate key' && problem !== 'empty');
  return {
    home,
    clone,
    settings: ['orchestrator.yaml', 'orch-config.yaml', 'projects/sound.yaml', ...twice],
    projects: [project, { name: 'twice', path: '/srv/second' }],
    secrets: secretsIn('home/agent-workflow/', canaries),
    files: [...unreadable, ...others.map(({ file }) => file)],
  };
}

function many(root: string): Subject {
  const home = join(root, 'home');
  const { clone, projects } = buildManyProjects(home, 100);
  return {
    home,
    clone,
    settings: ['orchestrator.yaml', ...projects.map((_, n) => `projects/project-${n}.yaml`)],
    projects: projects.map((path, n) => ({ name: `project-${n}`, path })),
    secrets: [],
    files: [],
  };
}

/** Those in the clone; the key of the old store opens nothing but that. */
function secretsIn(clone: string, canaries: readonly Canary[]): SubjectSecret[] {
  return canaries
    .filter(({ name, where }) => where.startsWith(clone) && name !== 'master.key')
    .map(({ name, value, where }) => ({ name, value, file: where.slice(clone.length) }));
}
