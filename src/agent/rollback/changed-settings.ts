import { join } from 'node:path';
import { defaultAt, isPackageKey, PACKAGE_DEFAULTS } from '../conversions/defaults.ts';
import { CONVERSIONS } from '../conversions/index.ts';
import { invert } from '../conversions/inverse.ts';
import { isSecretSetting } from '../credentials/secret-settings.ts';
import { keyPath } from '../plan/ledger.ts';
import { withSettings } from '../plan/with-settings.ts';
import { BASE_FILE, baseOf, readBaseFile } from '../survey/base.ts';
import { readIfReachable } from '../survey/reachable.ts';
import type { ReadSystem } from '../system.ts';
import { map } from '../yaml/build.ts';
import { nodeAt, sameValue } from '../yaml/leaves.ts';
import { readYaml } from '../yaml/read-yaml.ts';
import { inlineValue } from '../yaml/write-yaml.ts';
import type { YamlMap, YamlNode } from '../yaml/yaml-node.ts';

/** A setting that was changed in the home since the migration, in words of the old installation. */
export interface ChangedSetting {
  readonly file: string;
  readonly key: string;
  /** As the old file would spell it; a secret is hidden. */
  readonly value: string;
}

/**
 * What a person would have to write into the old installation to keep settings that they changed in the new home. Only
 * what the base tells of an installation at `source` is known; nothing where it or config.yaml cannot be read.
 */
export function changedSettings(system: ReadSystem, home: string, source: string): ChangedSetting[] {
  const basePath = join(home, BASE_FILE);
  const base = baseOf(readBaseFile(system, basePath, system.lstat(basePath)?.kind), source);
  const bytes = readIfReachable(system, join(home, 'config.yaml'));
  const config = bytes && readYaml(bytes).root;
  if (base === undefined || config?.kind !== 'map') return [];
  const changed = changedIn(config, base.config, []);
  const part = withSettings(map({}), changed);
  return invert({ config: part, registry: map({}), secrets: new Map() }, CONVERSIONS).flatMap(
    ({ file, path, value }) =>
      'kind' in value ? [{ file, key: keyPath(path), value: shown(path, value) }] : [],
  );
}

interface Changed {
  readonly path: readonly string[];
  readonly node: YamlNode;
}

/** Values of the home that are neither what the installation said nor what the package does by itself. */
function changedIn(node: YamlNode, base: YamlMap, path: readonly string[]): Changed[] {
  if (node.kind === 'map' && node.entries.length > 0)
    return node.entries.flatMap(({ key, value }) => changedIn(value, base, [...path, key.source]));
  const dotted = path.join('.');
  const before =
    nodeAt(base, path) ?? (isPackageKey(dotted) ? defaultAt(PACKAGE_DEFAULTS, dotted) : undefined);
  return before !== undefined && sameValue(before, node) ? [] : [{ path, node }];
}

function shown(path: readonly string[], node: YamlNode): string {
  if (node.kind === 'scalar') {
    const text = node.type === 'text' ? String(node.value) : node.source;
    if (isSecretSetting(path, text, node.type === 'text')) return '********';
  }
  return (
    inlineValue(node) ?? (node.kind === 'list' ? `a list of ${node.items.length}` : 'a text of several lines')
  );
}
