import { hasErrno } from '../../shared/errors.ts';
import type { FileKind, ReadSystem } from '../system.ts';
import { map } from '../yaml/build.ts';
import { nodeAt } from '../yaml/leaves.ts';
import { readYaml } from '../yaml/read-yaml.ts';
import type { YamlMap, YamlNode } from '../yaml/yaml-node.ts';

/** Where a migration leaves what the installation said, relative to the home. */
export const BASE_FILE = 'migration/base.yaml';

/** What an installation said when it was migrated last: the third side of the next merge. No secrets. */
export interface Base {
  /** Its settings by their places in config.yaml, whether the home took them or kept its own. */
  readonly config: YamlMap;
  readonly projects: readonly BaseProject[];
}

export interface BaseProject {
  /** As `LegacyProject.key`. */
  readonly key: string;
  /** In the registry. */
  readonly name: string;
  /** Its registry entry as the installation alone would have it. */
  readonly entry: YamlMap;
  /** Fields that its files stated; the others were found out, or are the package's own. */
  readonly stated: readonly string[];
}

/** The file as it is. */
export type BaseFile =
  | { readonly state: 'absent' }
  | { readonly state: 'read'; readonly root: YamlMap }
  /** It cannot be read, or does not say what such a file says: `reason` for people. */
  | { readonly state: 'damaged'; readonly reason: string; readonly mayBeReplaced: boolean };

/** Nothing of the home depends on this file: damage is told, and the next merge has two sides as if it were not there. */
export function readBaseFile(system: ReadSystem, path: string, kind: FileKind | undefined): BaseFile {
  if (kind === undefined) return { state: 'absent' };
  if (kind !== 'file')
    return { state: 'damaged', reason: `it is a ${kind}, not a file`, mayBeReplaced: false };
  let bytes: Buffer;
  try {
    bytes = system.readFile(path);
  } catch (error) {
    if (!hasErrno(error, 'EACCES', 'EPERM')) throw error;
    return { state: 'damaged', reason: 'permission denied', mayBeReplaced: false };
  }
  const { root, problems } = readYaml(bytes, { expectMap: true });
  const error = problems.find(({ level }) => level === 'error');
  if (error !== undefined)
    return { state: 'damaged', reason: `line ${error.line}: ${error.message}`, mayBeReplaced: true };
  if (root?.kind !== 'map' || textAt(root, ['schema']) !== SCHEMA)
    return { state: 'damaged', reason: 'it is not of a kind that this version reads', mayBeReplaced: true };
  return { state: 'read', root };
}

export const SCHEMA = 'awm/base/1';

/** What the file says of the installation at `source`; undefined where that was never migrated into this home. */
export function baseOf(file: BaseFile, source: string): Base | undefined {
  const node = file.state === 'read' ? nodeAt(file.root, ['installations', source]) : undefined;
  if (node?.kind !== 'map') return undefined;
  const config = nodeAt(node, ['config']);
  const projects = nodeAt(node, ['projects']);
  return {
    config: config?.kind === 'map' ? config : map({}),
    projects:
      projects?.kind === 'map'
        ? projects.entries.flatMap(({ key, value }) => projectOf(key.source, value))
        : [],
  };
}

function projectOf(name: string, node: YamlNode): BaseProject[] {
  const entry = nodeAt(node, ['entry']);
  const stated = nodeAt(node, ['stated']);
  if (entry?.kind !== 'map') return [];
  const fields = stated?.kind === 'list' ? stated.items : [];
  return [
    {
      key: textAt(node, ['key']) ?? name,
      name,
      entry,
      stated: fields.flatMap((field) => (field.kind === 'scalar' ? [String(field.value)] : [])),
    },
  ];
}

function textAt(node: YamlNode, path: readonly string[]): string | undefined {
  const found = nodeAt(node, path);
  return found?.kind === 'scalar' && found.type === 'text' ? String(found.value) : undefined;
}
