import { join } from 'node:path';
import { AppError, hasErrno } from '../../shared/errors.ts';
import { SECTIONS } from '../checks/config-completeness.ts';
import { readVault } from '../credentials/vault.ts';
import type { ReadSystem } from '../system.ts';
import { nodeAt } from '../yaml/leaves.ts';
import { readYaml } from '../yaml/read-yaml.ts';
import type { YamlNode } from '../yaml/yaml-node.ts';

/** The files that the package cannot do without, in the order in which they are looked at. */
export const HOME_FILES = [
  'config.yaml',
  'projects/registry.yaml',
  'credentials.key',
  'credentials.enc',
] as const;
export type HomeFile = (typeof HOME_FILES)[number];

/** One file of a configuration home that the package could not use as it is. */
export interface Damage {
  readonly file: HomeFile;
  /** As it is now; undefined where it is missing or cannot be read. */
  readonly bytes: Buffer | undefined;
  /** For people, without any value. */
  readonly reason: string;
  readonly line?: number | undefined;
}

/** What is wrong with a home that is there; nothing where there is none. Reads only. */
export function findDamage(system: ReadSystem, target: string): Damage[] {
  if (system.stat(target)?.kind !== 'folder') return [];
  const files = new Map(HOME_FILES.map((file) => [file, read(system, join(target, file))]));
  if ([...files.values()].every((one) => one === 'missing')) return [];
  const config = judge('config.yaml', files.get('config.yaml'), configProblem);
  const registry = judge('projects/registry.yaml', files.get('projects/registry.yaml'), registryProblem);
  return [...config, ...registry, ...vaultDamage(files)];
}

type Read = Buffer | 'missing' | { readonly reason: string };

function judge(
  file: HomeFile,
  read: Read | undefined,
  problemOf: (root: YamlNode) => string | undefined,
): Damage[] {
  if (read === undefined || read === 'missing') return [{ file, bytes: undefined, reason: 'it is missing' }];
  if (!Buffer.isBuffer(read)) return [{ file, bytes: undefined, reason: read.reason }];
  const { root, problems } = readYaml(read, { expectMap: true });
  const error = problems.find(({ level }) => level === 'error');
  if (error !== undefined) return [{ file, bytes: read, reason: error.message, line: error.line }];
  const reason = root === undefined ? 'it is empty' : problemOf(root);
  return reason === undefined ? [] : [{ file, bytes: read, reason }];
}

/** What the package's own `configure --validate` asks for. */
function configProblem(root: YamlNode): string | undefined {
  const missing = SECTIONS.find((section) => nodeAt(root, [section]) === undefined);
  if (missing !== undefined) return `the section "${missing}" is missing`;
  const flat = SECTIONS.find((section) => nodeAt(root, [section])?.kind !== 'map');
  return flat === undefined ? undefined : `"${flat}" holds no settings`;
}

function registryProblem(root: YamlNode): string | undefined {
  const projects = nodeAt(root, ['projects']);
  if (projects === undefined) return 'the list of projects is missing';
  return projects.kind === 'map' || isNull(projects) ? undefined : '"projects" is no map of names';
}

function isNull(node: YamlNode): boolean {
  return node.kind === 'scalar' && node.type === 'null';
}

/** A home without stored secrets is as whole as one with them. */
function vaultDamage(files: ReadonlyMap<HomeFile, Read>): Damage[] {
  const [key, enc] = [files.get('credentials.key'), files.get('credentials.enc')];
  if (enc === 'missing' || enc === undefined) return [];
  if (!Buffer.isBuffer(enc)) return [{ file: 'credentials.enc', bytes: undefined, reason: enc.reason }];
  if (!Buffer.isBuffer(key)) {
    const reason = typeof key === 'object' ? key.reason : 'it is missing: nothing opens credentials.enc';
    return [{ file: 'credentials.key', bytes: undefined, reason }];
  }
  try {
    readVault(key, enc);
    return [];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return [{ file: 'credentials.enc', bytes: enc, reason: error.message }];
  }
}

function read(system: ReadSystem, path: string): Read {
  try {
    const stat = system.lstat(path);
    if (stat === undefined) return 'missing';
    return stat.kind === 'file' ? system.readFile(path) : { reason: `it is a ${stat.kind}, not a file` };
  } catch (error) {
    if (hasErrno(error, 'EACCES', 'EPERM')) return { reason: 'permission denied' };
    if (hasErrno(error, 'ENOENT', 'ENOTDIR')) return 'missing';
    throw error;
  }
}
