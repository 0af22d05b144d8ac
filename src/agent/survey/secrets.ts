import { Secret } from '../../shared/secret.ts';
import { readLegacyStore } from '../credentials/legacy-store.ts';
import { isPlaceholder, looksLikeSecretKey, secretPattern } from '../credentials/secret-kinds.ts';
import { joinPath } from '../paths.ts';
import { keyItem } from '../plan/ledger.ts';
import type { ReadSystem } from '../system.ts';
import type { Leaf } from '../yaml/leaves.ts';
import type { EnvFile } from './env-files.ts';
import type { Finding } from './finding.ts';
import type { OwnFile } from './own-file.ts';
import type { SettingsFile } from './settings-files.ts';

export interface FoundSecret {
  /** `FILE#NAME`, as in the ledger. */
  readonly item: string;
  /** The environment variable that programs expect it in. */
  readonly variable: string;
  readonly value: Secret;
  readonly placeholder: boolean;
  /** Rank when two sources disagree: the smaller wins. */
  readonly precedence: number;
  readonly from: 'env' | 'yaml' | 'store';
  readonly file: string;
  readonly line: number | undefined;
  readonly description: string | undefined;
}

const STORE_FOLDER = '.orch-global/security';
/** The store comes after every file that a person edits by hand. */
const STORE_PRECEDENCE = 20;

/** Variables for the well-known inline tokens; any other is named by its path: `slack.hook_url` is SLACK_HOOK_URL. */
const INLINE_NAMES: readonly { path: RegExp; variable: string }[] = [
  {
    path: /^((discord|bot|server)\.)?(discord_)?(bot_)?token$|^discord_token$/,
    variable: 'DISCORD_BOT_TOKEN',
  },
  { path: /^github\.(access_|api_)?token$/, variable: 'GITHUB_TOKEN' },
  { path: /^(anthropic|claude)(\.|_)api_?key$/, variable: 'ANTHROPIC_API_KEY' },
  { path: /^openai(\.|_)api_?key$/, variable: 'OPENAI_API_KEY' },
];

/** Every secret of the installation but those in its own process environment. */
export function findSecrets(
  system: ReadSystem,
  clone: string,
  files: readonly OwnFile[],
  settings: readonly SettingsFile[],
  envFiles: readonly EnvFile[],
): { secrets: FoundSecret[]; findings: Finding[]; storeLocked: boolean } {
  const fromEnv = envFiles.flatMap(envSecrets);
  const fromYaml = settings.flatMap((file) =>
    file.leaves.flatMap((leaf) => inlineSecret(file, leaf, settings)),
  );
  const store = readStore(system, clone, files);
  return {
    secrets: [...fromEnv, ...fromYaml, ...store.secrets],
    findings: store.findings,
    storeLocked: store.locked,
  };
}

function envSecrets(file: EnvFile): FoundSecret[] {
  return file.variables
    .filter(({ what }) => what === 'secret' || what === 'placeholder')
    .map(({ name, value, what, line }) => ({
      item: keyItem(file.rel, [name]),
      variable: name,
      value,
      placeholder: what === 'placeholder',
      precedence: file.precedence === 0 ? 0 : 0.5,
      from: 'env' as const,
      file: file.rel,
      line,
      description: undefined,
    }));
}

function inlineSecret(file: SettingsFile, leaf: Leaf, settings: readonly SettingsFile[]): FoundSecret[] {
  const { node, path } = leaf;
  if (node.kind !== 'scalar' || node.type === 'null' || node.type === 'boolean') return [];
  const text = node.type === 'text' ? String(node.value) : node.source;
  if (text === '' || !isSecretLeaf(file, path, text, node.type)) return [];
  const variable = inlineName(path, settings);
  return [
    {
      item: keyItem(file.rel, path),
      variable,
      value: new Secret(variable, text),
      placeholder: isPlaceholder(text),
      precedence: file.precedence,
      from: 'yaml',
      file: file.rel,
      line: node.line,
      description: undefined,
    },
  ];
}

function isSecretLeaf(file: SettingsFile, path: readonly string[], text: string, type: string): boolean {
  if (file.role === 'secrets') return true;
  const key = path.findLast((part) => !/^\d+$/.test(part)) ?? '';
  if (looksLikeSecretKey(key) && (type === 'text' || text.length >= 8)) return true;
  return secretPattern(text) !== undefined;
}

function inlineName(path: readonly string[], settings: readonly SettingsFile[]): string {
  const dotted = path.join('.').toLowerCase();
  const known = INLINE_NAMES.find((row) => row.path.test(dotted));
  if (known !== undefined) return known.variable;
  if (/^(ai|ai_provider)\.(api_?)?(key|token)$/.test(dotted)) {
    return usesOpenAi(settings) ? 'OPENAI_API_KEY' : 'ANTHROPIC_API_KEY';
  }
  return path
    .join('_')
    .toUpperCase()
    .replace(/[^A-Z0-9_]/g, '_');
}

function usesOpenAi(settings: readonly SettingsFile[]): boolean {
  return settings.some((file) =>
    file.leaves.some(
      ({ path, node }) =>
        path.join('.') === 'ai.provider' && node.kind === 'scalar' && /openai/i.test(node.source),
    ),
  );
}

function readStore(system: ReadSystem, clone: string, files: readonly OwnFile[]) {
  const has = (name: string) => files.some((file) => file.display === `${STORE_FOLDER}/${name}`);
  if (!has('secrets.json')) return { secrets: [], findings: [], locked: false };
  const read = (name: string) => system.readFile(joinPath(clone, `${STORE_FOLDER}/${name}`));
  const file = `${STORE_FOLDER}/secrets.json`;
  const { entries, problems } = readLegacyStore({
    secretsJson: read('secrets.json'),
    ...(has('master.key') ? { masterKey: read('master.key') } : {}),
  });
  const secrets = entries.map((entry): FoundSecret => {
    const variable = entry.name.toUpperCase().replace(/[^A-Z0-9_]/g, '_');
    return {
      item: keyItem(file, [entry.secretId]),
      variable,
      value: new Secret(variable, entry.value.reveal()),
      placeholder: isPlaceholder(entry.value.reveal().toString('utf8')),
      precedence: STORE_PRECEDENCE,
      from: 'store',
      file,
      line: undefined,
      description: entry.description,
    };
  });
  const findings = problems.map(
    ({ message }): Finding => ({
      code: 'store-locked',
      level: 'decision',
      message,
      file,
      fix: 'Put the right master.key beside it, or answer the decision.',
    }),
  );
  return { secrets, findings, locked: problems.length > 0 };
}
