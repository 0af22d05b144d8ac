import { dirname, join } from 'node:path';
import { AppError, hasErrno } from '../../shared/errors.ts';
import { type WalkEntry, walk } from '../backup/walk.ts';
import { readVault, type Vault } from '../credentials/vault.ts';
import { displayPath, isInside } from '../paths.ts';
import type { FileKind, PathLike, ReadSystem } from '../system.ts';
import { readYaml } from '../yaml/read-yaml.ts';
import type { YamlMap } from '../yaml/yaml-node.ts';
import { BASE_FILE, type Base, type BaseFile, baseOf, readBaseFile } from './base.ts';
import { ifReachable, realPathSoFar } from './reachable.ts';

/** The configuration home as it is before the migration. */
export interface Target {
  /** Absolute, without links as far as it exists. */
  readonly path: string;
  readonly present: boolean;
  readonly entries: readonly WalkEntry[];
  readonly unreadable: readonly { rel: string; reason: string }[];
  /** Mount points in it, not looked into. */
  readonly notCrossed: readonly PathLike[];
  readonly config: YamlText | undefined;
  readonly registry: YamlText | undefined;
  readonly credentialsKey: Buffer | undefined;
  readonly vault: Vault | undefined;
  readonly baseFile: BaseFile;
  /** What this installation said when it was migrated here before. */
  readonly base: Base | undefined;
}

/** A YAML file of the target with its text, so that it can be edited without touching the rest of it. */
export interface YamlText {
  readonly text: string;
  readonly root: YamlMap;
}

/** The folders of a home. Files of a migration go into them by renaming, never through a link or onto another disk. */
export const PACKAGE_FOLDERS = ['projects', 'logs', 'templates', 'agents', 'custom', 'global', 'migration'];

/** Every run writes into these. */
const NEEDED = ['projects', 'logs', 'migration'];

const OURS = ['config.yaml', 'credentials.enc', 'credentials.key', 'projects', 'migration'];

/** The configuration home's place: `--target`, else the package's own rule (formats.md §1). */
export function targetPath(system: ReadSystem, given: string | undefined): string {
  const named = given ?? system.env['AGENT_WORKFLOW_CONFIG_DIR'];
  return named !== undefined && named !== '' ? named : usualTarget(system);
}

/** Where the package looks when nobody tells it. */
export function usualTarget(system: Pick<ReadSystem, 'platform' | 'home'>): string {
  const base = system.platform === 'win32' ? join(system.home, 'AppData', 'Local') : system.home;
  return join(base, '.agent-workflow');
}

/** @throws TARGET_NOT_OURS, TARGET_DAMAGED, TARGET_INSIDE_SOURCE, TARGET_IS_MOUNT, NO_PERMISSION. Nothing is written. */
export function readTarget(system: ReadSystem, path: string, source: string): Target {
  const stat = statOf(system, path);
  const real = realPathSoFar(system, path);
  if (isInside(real, source)) throw new AppError('TARGET_INSIDE_SOURCE', { path: real });
  if (isInside(source, real))
    throw new AppError('TARGET_NOT_OURS', { path: real, reason: 'the installation lies in it' });
  if (stat === undefined) {
    return {
      path: real,
      present: false,
      entries: [],
      unreadable: [],
      notCrossed: [],
      config: undefined,
      registry: undefined,
      credentialsKey: undefined,
      vault: undefined,
      baseFile: { state: 'absent' },
      base: undefined,
    };
  }
  if (stat.kind !== 'folder')
    throw new AppError('TARGET_NOT_OURS', { path: real, reason: 'it is not a folder' });
  refuseMount(system, real);
  const { entries, unreadable, notCrossed } = walk(system, real);
  const closed = unreadable.find(({ rel }) => rel === '' || NEEDED.includes(String(rel)));
  if (closed !== undefined) throw new AppError('NO_PERMISSION', { path: join(real, String(closed.rel)) });
  const names = new Set(entries.map((entry) => displayPath(entry.rel)));
  if (entries.length > 0 && !OURS.some((name) => names.has(name))) {
    const reason = `it holds ${displayPath(entries[0]?.rel ?? '')} and none of the files that the package writes`;
    throw new AppError('TARGET_NOT_OURS', { path: real, reason });
  }
  const kinds = new Map(entries.map((entry) => [displayPath(entry.rel), entry.kind]));
  for (const name of PACKAGE_FOLDERS) refuseFolder(join(real, name), kinds.get(name));
  const mount = notCrossed.find((rel) => PACKAGE_FOLDERS.includes(displayPath(rel)));
  if (mount !== undefined) throw new AppError('TARGET_IS_MOUNT', { path: join(real, displayPath(mount)) });
  const bytes = (rel: string) =>
    names.has(rel) ? readOurFile(system, real, rel, kinds.get(rel)) : undefined;
  const credentialsKey = bytes('credentials.key');
  const baseFile = readBaseFile(system, join(real, BASE_FILE), kinds.get(BASE_FILE));
  return {
    path: real,
    present: true,
    entries,
    unreadable: unreadable.map(({ rel, reason }) => ({ rel: displayPath(rel), reason })),
    notCrossed,
    config: yamlText(join(real, 'config.yaml'), bytes('config.yaml')),
    registry: yamlText(join(real, 'projects/registry.yaml'), bytes('projects/registry.yaml')),
    credentialsKey,
    vault: openVault(real, credentialsKey, bytes('credentials.enc')),
    baseFile,
    base: baseOf(baseFile, source),
  };
}

function statOf(system: ReadSystem, path: string) {
  try {
    const stat = system.stat(path);
    if (stat === undefined && system.lstat(path) !== undefined)
      throw new AppError('TARGET_NOT_OURS', { path, reason: 'it is a link that leads nowhere' });
    return stat;
  } catch (error) {
    if (hasErrno(error, 'EACCES', 'EPERM')) throw new AppError('NO_PERMISSION', { path });
    if (hasErrno(error, 'ENAMETOOLONG', 'ENOTDIR', 'ERR_INVALID_ARG_VALUE'))
      throw new AppError('TARGET_NOT_OURS', { path: displayPath(path), reason: 'no folder can be there' });
    throw error;
  }
}

/** What is prepared lies beside the home and is renamed into it: between two file systems that cannot be done. */
function refuseMount(system: ReadSystem, path: string): void {
  const parent = ifReachable(() => system.lstat(dirname(path)));
  if (parent !== undefined && parent.dev !== system.lstat(path)?.dev)
    throw new AppError('TARGET_IS_MOUNT', { path });
}

function refuseFolder(file: string, kind: FileKind | undefined): void {
  if (kind === undefined || kind === 'folder') return;
  const reason =
    kind === 'link'
      ? 'it is a link; the assistant does not write through links'
      : `it is a ${kind}, not a folder`;
  throw new AppError('TARGET_DAMAGED', { file, reason }, { file });
}

/** A file that the migration would rewrite. A rename would put a file in the place of a link, so a link is refused. */
function readOurFile(system: ReadSystem, target: string, rel: string, kind: FileKind | undefined): Buffer {
  const file = join(target, rel);
  if (kind !== 'file')
    throw new AppError('TARGET_DAMAGED', { file, reason: `it is a ${kind}, not a file` }, { file });
  try {
    return system.readFile(file);
  } catch (error) {
    if (hasErrno(error, 'EACCES', 'EPERM')) throw new AppError('NO_PERMISSION', { path: file });
    throw error;
  }
}

function yamlText(file: string, bytes: Buffer | undefined): YamlText | undefined {
  if (bytes === undefined) return undefined;
  const { root, problems } = readYaml(bytes, { expectMap: true });
  const error = problems.find((problem) => problem.level === 'error');
  if (error !== undefined)
    throw new AppError('TARGET_DAMAGED', { file, reason: error.message }, { file, line: error.line });
  return root?.kind === 'map' ? { text: bytes.toString('utf8'), root } : undefined;
}

function openVault(target: string, key: Buffer | undefined, enc: Buffer | undefined): Vault | undefined {
  if (enc === undefined) return undefined;
  try {
    return readVault(key, enc);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const file = join(target, 'credentials.enc');
    throw new AppError('TARGET_DAMAGED', { file, reason: error.message }, { file, cause: error });
  }
}
