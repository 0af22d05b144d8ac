import { join } from 'node:path';
import { displayPath, isInside } from '../../paths.ts';
import type { ReadSystem } from '../../system.ts';
import type { Inventory } from '../inventory.ts';
import { ifReachable, readIfReachable, statIfReachable } from '../reachable.ts';

/** A place that Python takes packages from, with what it has of agent-workflow. */
export interface PythonEnvironment {
  /** Absolute, without links. */
  readonly path: string;
  readonly kind: 'venv' | 'pipx' | 'uv' | 'conda' | 'pyenv' | 'user' | 'system';
  /** As its pyvenv.cfg or the name of its folder says, such as `3.12.3`. */
  readonly python: string | undefined;
  readonly inClone: boolean;
  readonly package:
    | { readonly version: string | undefined; readonly editableFrom: string | undefined }
    | undefined;
}

type Root = Pick<PythonEnvironment, 'path' | 'kind'>;

const DISTRIBUTION = /^agent[-_.]workflow-([\w.!+]+?)(?:-py[\d.]+)?\.(?:dist-info|egg-info)$/i;
const EGG_LINK = /^agent[-_.]workflow\.egg-link$/i;
const MOST_PATH_FILES = 50;

/** Every environment in the usual places that has the package, belongs to the clone, or is the active one. Runs nothing. */
export function pythonEnvironments(
  system: ReadSystem,
  clone: string,
  inventory: Pick<Inventory, 'files'>,
): PythonEnvironment[] {
  const active = system.env['VIRTUAL_ENV'] ?? system.env['CONDA_PREFIX'];
  const seen = new Set<string>();
  return [...environmentRoots(system, clone, inventory)].flatMap((root) => {
    const path = ifReachable(() => system.realPath(root.path));
    if (path === undefined || seen.has(path)) return [];
    seen.add(path);
    const environment = look(system, { ...root, path }, clone);
    const isWanted = environment.package !== undefined || environment.inClone || root.path === active;
    return isWanted ? [environment] : [];
  });
}

function* environmentRoots(
  system: ReadSystem,
  clone: string,
  { files }: Pick<Inventory, 'files'>,
): Generator<Root> {
  const { env, home } = system;
  for (const { kind, rel } of files)
    if (kind === 'regenerable' && isVenv(system, join(clone, displayPath(rel))))
      yield { path: join(clone, displayPath(rel)), kind: 'venv' };
  const given = (name: string) => env[name] ?? '';
  if (given('VIRTUAL_ENV') !== '') yield { path: given('VIRTUAL_ENV'), kind: 'venv' };
  if (given('CONDA_PREFIX') !== '') yield { path: given('CONDA_PREFIX'), kind: 'conda' };
  const data = env['XDG_DATA_HOME'] || join(home, '.local/share');
  const parents: readonly (readonly [PythonEnvironment['kind'], string])[] = [
    ['pipx', join(env['PIPX_HOME'] || join(data, 'pipx'), 'venvs')],
    ['pipx', join(home, '.local/pipx/venvs')],
    ['uv', env['UV_TOOL_DIR'] || join(data, 'uv/tools')],
    ['venv', env['WORKON_HOME'] || join(home, '.virtualenvs')],
    ['pyenv', join(home, '.pyenv/versions')],
    ['conda', join(home, 'miniconda3/envs')],
    ['conda', join(home, 'anaconda3/envs')],
  ];
  for (const [kind, parent] of parents)
    for (const name of foldersIn(system, parent)) yield { path: join(parent, name), kind };
  for (const name of ['venv', '.venv', 'env'])
    if (isVenv(system, join(home, name))) yield { path: join(home, name), kind: 'venv' };
  for (const name of ['miniconda3', 'anaconda3']) yield { path: join(home, name), kind: 'conda' };
  yield { path: join(home, '.local'), kind: 'user' };
  for (const path of ['/usr/local', '/usr']) yield { path, kind: 'system' };
}

function look(system: ReadSystem, root: Root, clone: string): PythonEnvironment {
  const folders = packageFolders(system, root.path);
  const config = readIfReachable(system, join(root.path, 'pyvenv.cfg'))?.toString('utf8') ?? '';
  const found = folders.flatMap((folder) => packageIn(system, folder, clone) ?? []);
  const python =
    /^version(?:_info)?\s*=\s*(\d+\.\d+(?:\.\d+)?)/m.exec(config)?.[1] ??
    folders.flatMap((folder) => /python(\d\.\d+)/.exec(folder)?.[1] ?? [])[0];
  return { ...root, python, inClone: isInside(root.path, clone), package: found[0] };
}

/** `lib/python3.12/site-packages` and what Debian and Windows call it. */
function packageFolders(system: ReadSystem, root: string): string[] {
  const versions = foldersIn(system, join(root, 'lib')).filter((name) => /^python3/.test(name));
  const candidates = [
    ...versions.flatMap((name) => [`lib/${name}/site-packages`, `lib/${name}/dist-packages`]),
    'Lib/site-packages',
  ].map((rel) => join(root, rel));
  return candidates.filter((path) => statIfReachable(system, path)?.kind === 'folder');
}

function packageIn(system: ReadSystem, folder: string, clone: string): PythonEnvironment['package'] {
  const names = (ifReachable(() => system.readFolder(folder)) ?? []).map(({ name }) => displayPath(name));
  const distribution = names.find((name) => DISTRIBUTION.test(name));
  const editableFrom =
    editableUrl(system, folder, distribution) ??
    linkedFolder(system, folder, names) ??
    pathOfClone(system, folder, names, clone);
  if (distribution === undefined && editableFrom === undefined) return undefined;
  return { version: DISTRIBUTION.exec(distribution ?? '')?.[1], editableFrom };
}

/** `pip install -e` writes where it was installed from (packaging.python.org: "Recording the Direct URL Origin"). */
function editableUrl(system: ReadSystem, folder: string, distribution: string | undefined) {
  if (distribution === undefined) return undefined;
  const text = readIfReachable(system, join(folder, distribution, 'direct_url.json'))?.toString('utf8') ?? '';
  if (!/"editable"\s*:\s*true/.test(text)) return undefined;
  const url = /"url"\s*:\s*"file:\/\/(?:localhost)?([^"]+)"/.exec(text)?.[1];
  try {
    return url === undefined ? undefined : decodeURIComponent(url);
  } catch {
    return url;
  }
}

/** What `setup.py develop` left: the first line is the folder. */
function linkedFolder(system: ReadSystem, folder: string, names: readonly string[]) {
  const link = names.find((name) => EGG_LINK.test(name));
  if (link === undefined) return undefined;
  return readIfReachable(system, join(folder, link))?.toString('utf8').split('\n', 1)[0]?.trim() || undefined;
}

/** A `.pth` file adds folders to where Python looks. */
function pathOfClone(system: ReadSystem, folder: string, names: readonly string[], clone: string) {
  for (const name of names.filter((one) => one.endsWith('.pth')).slice(0, MOST_PATH_FILES)) {
    const lines = readIfReachable(system, join(folder, name))?.toString('utf8').split('\n') ?? [];
    const line = lines.map((one) => one.trim()).find((one) => one.startsWith('/') && isInside(one, clone));
    if (line !== undefined) return line;
  }
  return undefined;
}

function isVenv(system: ReadSystem, path: string): boolean {
  return statIfReachable(system, join(path, 'pyvenv.cfg')) !== undefined;
}

function foldersIn(system: ReadSystem, folder: string): string[] {
  if (statIfReachable(system, folder)?.kind !== 'folder') return [];
  return (ifReachable(() => system.readFolder(folder)) ?? [])
    .filter(({ kind }) => kind === 'folder' || kind === 'link')
    .map(({ name }) => displayPath(name));
}
