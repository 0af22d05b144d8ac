import { join } from 'node:path';
import { hasErrno } from '../../shared/errors.ts';
import { secretShapes } from '../credentials/secret-kinds.ts';
import type { ReadSystem } from '../system.ts';
import { type Leaf, leavesOf } from '../yaml/leaves.ts';
import { readYaml } from '../yaml/read-yaml.ts';
import type { YamlNode, YamlScalar } from '../yaml/yaml-node.ts';
import type { Finding } from './finding.ts';

/**
 * What a settings file is for:
 * - `main`: the orchestrator's own settings (orchestrator.yaml, config.yml)
 * - `multi`: orch-config.yaml, with `global` and a map of projects
 * - `discord`: discord-config.yaml
 * - `bot`: discord-bot.config
 * - `project`: one project each, in projects/
 * - `project-list`: config/projects.yaml
 * - `secrets`: config/secrets.yaml, every value of which is a secret
 * - `tooling`: settings of a side tool that the package does not have
 */
export type SettingsRole =
  | 'main'
  | 'multi'
  | 'discord'
  | 'bot'
  | 'project'
  | 'project-list'
  | 'secrets'
  | 'tooling';

export interface SettingsFile {
  /** Path in the clone. */
  readonly rel: string;
  readonly role: SettingsRole;
  /** Rank when two files disagree: the smaller wins (formats.md §5). */
  readonly precedence: number;
  /** Undefined when the file could not be read as the old loader read it, or is empty. */
  readonly root: YamlNode | undefined;
  readonly leaves: readonly Leaf[];
  readonly state: 'read' | 'empty' | 'broken';
  readonly bytes: number;
}

/** Known names in order of precedence: environment files (0) come before all of them. */
const KNOWN: readonly { rel: string; role: SettingsRole; precedence: number }[] = [
  { rel: 'config.yml', role: 'main', precedence: 1 },
  { rel: 'orchestrator.yaml', role: 'main', precedence: 2 },
  { rel: 'orch-config.yaml', role: 'multi', precedence: 3 },
  { rel: 'discord-config.yaml', role: 'discord', precedence: 4 },
  { rel: 'discord-bot.config', role: 'bot', precedence: 5 },
  { rel: 'config/projects.yaml', role: 'project-list', precedence: 6 },
  { rel: 'config/secrets.yaml', role: 'secrets', precedence: 7 },
  { rel: '.dependency-config.yaml', role: 'tooling', precedence: 9 },
];
const PROJECT_FILE = /^projects\/[^/]+\.ya?ml$/;
const TEMPLATE = /\.(example|sample|template|dist)\b|^example|\bexample\./i;

/** Settings files that upstream itself tracks; all others are the person's, also where they committed them. */
const SHIPPED = new Set(['orch-config.yaml', '.dependency-config.yaml']);

/** True when an unchanged file at `rel` says what upstream says. */
export function isShippedSettings(rel: string): boolean {
  return SHIPPED.has(rel);
}

/** Role and rank of a settings file by its path in the clone; undefined for anything else, templates included. */
export function settingsRole(rel: string): { role: SettingsRole; precedence: number } | undefined {
  if (TEMPLATE.test(rel)) return undefined;
  const known = KNOWN.find((entry) => entry.rel === rel);
  if (known !== undefined) return known;
  return PROJECT_FILE.test(rel) ? { role: 'project', precedence: 8 } : undefined;
}

export interface SettingsReading {
  readonly file: SettingsFile;
  readonly findings: readonly Finding[];
}

/** Reads one settings file with PyYAML's rules. Problems become findings; nothing is thrown. */
export function readSettingsFile(
  system: ReadSystem,
  clone: string,
  rel: string,
): SettingsReading | undefined {
  const known = settingsRole(rel);
  if (known === undefined) return undefined;
  const base = { rel, role: known.role, precedence: known.precedence };
  let bytes: Buffer;
  try {
    bytes = system.readFile(join(clone, rel));
  } catch (error) {
    const reason = hasErrno(error, 'EACCES', 'EPERM') ? 'permission denied' : (error as Error).message;
    const finding: Finding = {
      code: 'settings-unreadable',
      level: 'decision',
      message: `${rel} cannot be read: ${reason}`,
      file: rel,
      fix: 'Give this user permission to read it, then run the command again.',
    };
    return { file: { ...base, root: undefined, leaves: [], state: 'broken', bytes: 0 }, findings: [finding] };
  }
  const read = readYaml(bytes, { expectMap: true });
  const findings = read.problems.map((problem): Finding => {
    const stops = problem.level === 'error';
    return {
      code: `yaml-${problem.code}`,
      level: stops ? 'decision' : problem.level === 'warning' ? 'warning' : 'info',
      message: problem.message,
      file: rel,
      line: problem.line,
      column: problem.column,
      fix: problem.fix,
    };
  });
  const twin = read.root === undefined ? undefined : twinKey(read.root);
  if (twin !== undefined) findings.push({ ...TWINS, file: rel, line: twin.line, column: twin.column });
  const usable = read.root?.kind === 'map' && twin === undefined ? read.root : undefined;
  const broken = usable === undefined && findings.some(({ level }) => level === 'decision');
  return {
    file: {
      ...base,
      root: usable,
      leaves: usable === undefined ? [] : leavesOf(usable),
      state: broken ? 'broken' : usable === undefined ? 'empty' : 'read',
      bytes: bytes.length,
    },
    findings,
  };
}

const TWINS = {
  code: 'yaml-twin-keys',
  level: 'decision',
  message: 'Two keys of one section are spelled alike and differ only in quotes, such as 1 and "1".',
  fix: 'Give one of the two another name.',
} as const;

/** The second of two keys that only their types tell apart: no path, and so no ledger, could name them both. */
function twinKey(node: YamlNode): YamlScalar | undefined {
  if (node.kind === 'scalar') return undefined;
  const seen = new Set<string>();
  for (const { key } of node.kind === 'map' ? node.entries : []) {
    if (seen.has(key.source)) return key;
    seen.add(key.source);
  }
  for (const child of node.kind === 'map' ? node.entries.map(({ value }) => value) : node.items) {
    const below = twinKey(child);
    if (below !== undefined) return below;
  }
  return undefined;
}

/**
 * The reading of a file in which no key is a secret; else the file counts as broken, since keys are named wherever
 * settings are listed. `isSecret` judges a key.
 */
export function withoutSecretKeys(
  reading: SettingsReading,
  isSecret: (key: string) => boolean,
): SettingsReading {
  const { file, findings } = reading;
  const key = file.root && keysIn(file.root).find(({ source }) => isSecret(source));
  if (key === undefined) return reading;
  const finding: Finding = {
    code: 'secret-in-key',
    level: 'decision',
    message: 'The name of a key holds a secret, and names of keys are shown.',
    file: file.rel,
    line: key.line,
    column: key.column,
    fix: 'Put the secret into a value, or take it out, then run the command again.',
  };
  return {
    file: { ...file, root: undefined, leaves: [], state: 'broken' },
    findings: [...findings, finding],
  };
}

/** Tokens by their shape in the names of keys. */
export function tokensInKeys({ root }: SettingsFile): string[] {
  if (root === undefined) return [];
  return keysIn(root).flatMap(({ source }) => [...secretShapes(source)].map(({ token }) => token));
}

function keysIn(node: YamlNode): YamlScalar[] {
  if (node.kind === 'scalar') return [];
  if (node.kind === 'list') return node.items.flatMap(keysIn);
  return node.entries.flatMap(({ key, value }) => [key, ...keysIn(value)]);
}
