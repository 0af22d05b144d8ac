import { dirname, join } from 'node:path';
import { findGitFolder } from '../../git-folder.ts';
import { ifReachable } from '../../reachable.ts';
import { type Look, quote } from '../look.ts';
import type { Place, ReferenceKind } from '../reference.ts';
import { NOTE } from './notes.ts';

/** More neighbours than this are not looked into. */
const MOST_NEIGHBOURS = 300;

interface Wanted {
  readonly kind: ReferenceKind;
  readonly rules: Place['rules'];
  readonly name: RegExp;
}

/** Files of a project that can start or build things, by their names in the folder. */
const IN_PROJECT: readonly Wanted[] = [
  { kind: 'docker', rules: 'words', name: /^(?:Dockerfile|Containerfile)(?:\..+)?$|\.Dockerfile$/i },
  { kind: 'docker', rules: 'words', name: /^(?:docker-)?compose(?:\.[\w-]+)*\.ya?ml$/ },
  {
    kind: 'ci',
    rules: 'words',
    name: /^(?:\.gitlab-ci\.yml|Jenkinsfile|\.travis\.yml|azure-pipelines\.yml|\.drone\.yml|\.woodpecker\.yml|\.pre-commit-config\.yaml)$/,
  },
  { kind: 'script', rules: 'shell', name: /^\.envrc$|\.sh$/ },
  { kind: 'script', rules: 'words', name: /^(?:Makefile|makefile|[Jj]ustfile|Procfile)$/ },
  { kind: 'editor', rules: 'words', name: /\.code-workspace$|\.iml$/ },
  { kind: 'note', rules: 'words', name: NOTE },
];

/** Folders of a project whose files are looked at; the commands of editor tasks are a shell's. */
const BELOW: readonly (Wanted & { readonly folder: string })[] = [
  { folder: '.github/workflows', kind: 'ci', rules: 'words', name: /\.ya?ml$/ },
  { folder: '.gitea/workflows', kind: 'ci', rules: 'words', name: /\.ya?ml$/ },
  { folder: '.circleci', kind: 'ci', rules: 'words', name: /\.ya?ml$/ },
  { folder: '.vscode', kind: 'editor', rules: 'json', name: /^tasks\.json$/ },
  { folder: '.vscode', kind: 'editor', rules: 'words', name: /^(?:launch|settings)\.json$/ },
  { folder: '.idea', kind: 'editor', rules: 'words', name: /\.(?:xml|iml)$/ },
  { folder: '.idea/runConfigurations', kind: 'editor', rules: 'words', name: /\.xml$/ },
  { folder: '.run', kind: 'editor', rules: 'words', name: /\.run\.xml$/ },
  { folder: '.devcontainer', kind: 'docker', rules: 'words', name: /^devcontainer\.json$|Dockerfile/ },
  { folder: '.husky', kind: 'git-hook', rules: 'shell', name: /^[a-z-]+$/ },
];

/** The registered projects, the clone's neighbours, and the folder that holds them. */
export function* projectFiles(look: Look, projects: readonly string[]): Generator<Place> {
  const parent = dirname(look.clone);
  yield* matching(look, parent, look.entries(parent), parent, IN_PROJECT);
  const seen = new Set<string>();
  for (const folder of [...projects, ...neighbours(look, parent)]) {
    const real = ifReachable(() => look.system.realPath(folder));
    if (real === undefined || seen.has(real) || look.isOurs(real)) continue;
    seen.add(real);
    yield* inProject(look, folder);
  }
}

function neighbours(look: Look, parent: string): string[] {
  const folders = look.entries(parent).filter(({ kind }) => kind === 'folder');
  if (folders.length > MOST_NEIGHBOURS)
    look.blind({
      what: `${folders.length - MOST_NEIGHBOURS} of the ${folders.length} folders beside the clone`,
      why: 'they are many',
      run: `grep -rnIF --include='*compose*.y*ml' --include='Dockerfile*' ${quote(look.clone)} ${quote(parent)}`,
    });
  return folders.slice(0, MOST_NEIGHBOURS).map(({ name }) => join(parent, name));
}

function* inProject(look: Look, project: string): Generator<Place> {
  const entries = look.entries(project);
  const names = new Set(entries.map(({ name }) => name));
  yield* matching(look, project, entries, project, IN_PROJECT);
  for (const wanted of BELOW) {
    if (!names.has(wanted.folder.split('/')[0] as string)) continue;
    const folder = join(project, wanted.folder);
    yield* matching(look, folder, look.entries(folder), project, [wanted]);
  }
  if (names.has('.git')) yield* hooks(look, project);
}

function* matching(
  look: Look,
  folder: string,
  entries: ReturnType<Look['entries']>,
  project: string,
  wanted: readonly Wanted[],
): Generator<Place> {
  const bases = [...new Set([project, folder])];
  for (const { name, kind } of entries) {
    if (kind !== 'file' && kind !== 'link') continue;
    const found = wanted.find((one) => one.name.test(name));
    if (found !== undefined) yield* look.file(found.kind, join(folder, name), found.rules, { bases });
  }
}

function* hooks(look: Look, project: string): Generator<Place> {
  const git = ifReachable(() => findGitFolder(look.system, project));
  if (git === undefined) return;
  const folder = join(git.common, 'hooks');
  for (const { name } of look.entries(folder))
    if (!name.endsWith('.sample'))
      yield* look.file('git-hook', join(folder, name), 'shell', { bases: [project] });
}
