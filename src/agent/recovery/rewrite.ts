import { SECTIONS } from '../checks/config-completeness.ts';
import { defaultConfig, type Facts } from '../conversions/defaults.ts';
import { map, quoted } from '../yaml/build.ts';
import { nodeAt } from '../yaml/leaves.ts';
import { setInYaml, type YamlChange } from '../yaml/merge-yaml.ts';
import { readYaml } from '../yaml/read-yaml.ts';
import type { YamlMap } from '../yaml/yaml-node.ts';
import type { Damage, HomeFile } from './damage.ts';
import { type LineEdit, repairYaml } from './repair-yaml.ts';

/** One file as it is to be. */
export interface Rewrite {
  readonly file: HomeFile;
  readonly bytes: Buffer;
  /** Single lines that change. */
  readonly edits: readonly LineEdit[];
  /** Sections that were missing and are as the package's own defaults now. */
  readonly added: readonly string[];
  /** Where the content comes from, when it is not the file itself: said to the person. */
  readonly from?: string;
}

/**
 * The smallest change after which the package can use a damaged YAML file: its lines are mended one by one, and sections
 * that are missing are added from the defaults. A value that stands where a section belongs is kept under `legacy`.
 * Undefined where nothing of it can be saved: the file is missing or empty, holds secrets (no text), or is mostly unreadable.
 */
export function repairFile({ file, bytes }: Damage, facts: Facts): Rewrite | undefined {
  if (bytes === undefined || (file !== 'config.yaml' && file !== 'projects/registry.yaml')) return undefined;
  const repaired = repairYaml(bytes);
  const text = repaired?.text ?? bytes.toString('utf8');
  const { root } = readYaml(Buffer.from(text), { expectMap: true });
  if (root?.kind !== 'map') return undefined;
  const wanted = file === 'config.yaml' ? missingSections(root, facts) : missingProjects(root, facts);
  const added = wanted.filter(({ path }) => path[0] !== 'legacy').map(({ path }) => path.join('.'));
  return { file, bytes: Buffer.from(setInYaml(text, wanted, file)), edits: repaired?.edits ?? [], added };
}

function missingSections(root: YamlMap, facts: Facts): YamlChange[] {
  const defaults = defaultConfig(facts);
  return SECTIONS.flatMap((section): YamlChange[] => {
    const there = nodeAt(root, [section]);
    const node = nodeAt(defaults, [section]);
    if (there?.kind === 'map' || node === undefined) return [];
    const kept: YamlChange[] =
      there === undefined ? [] : [{ path: ['legacy', 'recovered', section], node: there }];
    return [...kept, { path: [section], node }];
  });
}

function missingProjects(root: YamlMap, { now }: Facts): YamlChange[] {
  const there = nodeAt(root, ['projects']);
  if (there?.kind === 'map') return [];
  const version = nodeAt(root, ['version']);
  return [
    ...(version === undefined
      ? [
          { path: ['version'], node: quoted('1.0') },
          { path: ['created'], node: quoted(now.toISOString()) },
        ]
      : []),
    ...(there === undefined ? [] : [{ path: ['legacy', 'recovered', 'projects'], node: there }]),
    { path: ['projects'], node: map({}) },
  ];
}
