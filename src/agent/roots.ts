import { join } from 'node:path';
import { FORMS } from '../protocol/ids.ts';
import { fits, list, object, oneOf, type Schema, type TypeOf, text, whole } from '../protocol/schema.ts';
import { AppError } from '../shared/errors.ts';
import type { AgentHome } from './agent-home.ts';
import { makeFolders, readTextIfThere, writeFileAtomic } from './files.ts';
import { whyNotOurs } from './ownership.ts';
import { locateSource } from './survey/locate.ts';
import { ifReachable } from './survey/reachable.ts';
import type { ReadSystem, System } from './system.ts';

/** A folder that was registered at this machine. Outside of it only the id is known, a number: names stay here. */
export interface Root {
  readonly id: string;
  /** Absolute, without links. */
  readonly path: string;
}

const SCHEMA = 'awm/roots/1';
const MOST_ROOTS = 20;
const MOST_NUMBER = 999;
const path: Schema<string> = { json: { type: 'string', pattern: '^/', maxLength: 4096 } };
const FILE = object({
  schema: oneOf(SCHEMA),
  /** Numbers that were given out; none is ever given to another folder. */
  last: whole(0, MOST_NUMBER),
  roots: list(object({ id: text(FORMS.root), path }), MOST_ROOTS),
});
type RootsFile = TypeOf<typeof FILE>;

/** @throws CONFIG_INVALID where the file is not what `roots` writes */
export function readRoots(system: ReadSystem, home: AgentHome): readonly Root[] {
  return readFile(system, home).roots;
}

/**
 * Registers an installation; registered already, it keeps its id.
 * @throws what looking for the installation throws
 */
export function addRoot(system: System, home: AgentHome, folder: string): Root {
  const place = locateSource(system, folder, 'roots add');
  const { roots, last } = readFile(system, home);
  const known = roots.find((root) => root.path === place);
  if (known !== undefined) return known;
  if (roots.length >= MOST_ROOTS || last >= MOST_NUMBER)
    throw new AppError('USAGE', {
      problem: `at most ${MOST_ROOTS} folders can be registered`,
      verb: 'roots',
    });
  const root = { id: `root-${last + 1}`, path: place };
  write(system, home, { schema: SCHEMA, last: last + 1, roots: [...roots, root] });
  return root;
}

/** @throws ROOT_UNKNOWN */
export function removeRoot(system: System, home: AgentHome, id: string): Root {
  const file = readFile(system, home);
  const root = file.roots.find((one) => one.id === id);
  if (root === undefined) throw new AppError('ROOT_UNKNOWN', { root: id });
  write(system, home, { ...file, roots: file.roots.filter((one) => one !== root) });
  return root;
}

/**
 * The folder of a registered root, if it is still that folder and no link now.
 * Undefined for an id that was not registered here, and for a folder that is gone or leads elsewhere.
 */
export function rootPath(system: ReadSystem, home: AgentHome, id: string): string | undefined {
  const root = readRoots(system, home).find((one) => one.id === id);
  if (root === undefined) return undefined;
  const real = ifReachable(() => system.realPath(root.path));
  return real === root.path && system.lstat(real)?.kind === 'folder' ? real : undefined;
}

/** The root of that id; without one the only root there is. Undefined where that is nobody's or not clear. */
export function rootNamed(system: ReadSystem, home: AgentHome, id: string | undefined): Root | undefined {
  const roots = readRoots(system, home);
  if (id !== undefined) return roots.find((one) => one.id === id);
  return roots.length === 1 ? roots[0] : undefined;
}

/**
 * The root that a job is about, with its folder as it is now.
 * @throws ROOTS_NONE or ROOTS_SEVERAL when it names none and that is not clear; PATH_DENIED when the folder is gone
 */
export function rootOfJob(system: ReadSystem, home: AgentHome, id: string | undefined): Root {
  const root = rootNamed(system, home, id);
  if (root === undefined && id === undefined) {
    const roots = readRoots(system, home).map((one) => one.id);
    throw roots.length === 0
      ? new AppError('ROOTS_NONE')
      : new AppError('ROOTS_SEVERAL', { roots: roots.join(', ') });
  }
  const path = root && rootPath(system, home, root.id);
  if (root === undefined || path === undefined) throw new AppError('PATH_DENIED');
  return { id: root.id, path };
}

/**
 * Why a run that came from Discord may not write below these folders; undefined if it may. The connected agent writes as
 * root only where everything belongs to root (channel.md §6).
 */
export function whyReadOnly(system: ReadSystem, folders: readonly string[]): string | undefined {
  return folders.map((folder) => whyNotOurs(system, folder)).find((reason) => reason !== undefined);
}

function readFile(system: ReadSystem, home: AgentHome): RootsFile {
  const file = fileOf(home);
  const content = readTextIfThere(system, file);
  if (content === undefined) return { schema: SCHEMA, last: 0, roots: [] };
  const parsed = parseJson(content);
  if (fits(FILE, parsed)) return parsed;
  throw new AppError('CONFIG_INVALID', { problems: 'it is not what `roots add` writes' }, { file });
}

function write(system: System, home: AgentHome, content: RootsFile): void {
  makeFolders(system, home.path);
  writeFileAtomic(system, fileOf(home), `${JSON.stringify(content, null, 2)}\n`);
}

function fileOf(home: AgentHome): string {
  return join(home.path, 'roots.json');
}

function parseJson(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}
