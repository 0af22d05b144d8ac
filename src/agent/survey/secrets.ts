import { Secret } from '../../shared/secret.ts';
import { readLegacyStore } from '../credentials/legacy-store.ts';
import { isPlaceholder, isSecretSetting } from '../credentials/secret-kinds.ts';
import { joinPath } from '../paths.ts';
import { keyItem } from '../plan/ledger.ts';
import type { ReadSystem } from '../system.ts';
import type { Leaf } from '../yaml/leaves.ts';
import type { YamlScalar } from '../yaml/yaml-node.ts';
import { type EnvFile, variableItem } from './env-files.ts';
import type { Finding } from './finding.ts';
import { isSurelySecret, isUnmistakable, LONG_ENOUGH, searchFor } from './known-secrets.ts';
import type { OwnFile } from './own-file.ts';
import { readIfReachable } from './reachable.ts';
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
  /** What `sh` reads where it differs from python-dotenv; null where it sets no such variable. */
  readonly inShell?: Secret | null | undefined;
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
  masterPassword?: Secret,
): { secrets: FoundSecret[]; findings: Finding[]; storeLocked: boolean; takesPassword: boolean } {
  const fromEnv = envFiles.flatMap(envSecrets);
  const fromYaml = settings.flatMap((file) =>
    file.leaves.flatMap((leaf) => inlineSecret(file, leaf, settings)),
  );
  const store = readStore(system, clone, files, masterPassword);
  const stated = [...fromEnv, ...fromYaml, ...store.secrets];
  return {
    secrets: [...stated, ...repeatedSecrets(stated, settings)],
    findings: store.findings,
    storeLocked: store.locked,
    takesPassword: store.takesPassword,
  };
}

function envSecrets(file: EnvFile): FoundSecret[] {
  return file.variables
    .filter(({ what }) => what === 'secret' || what === 'placeholder')
    .map((variable) => ({
      item: variableItem(file, variable),
      variable: variable.name,
      value: variable.value,
      inShell: variable.inShell,
      placeholder: variable.what === 'placeholder',
      precedence: file.precedence / 10,
      from: 'env' as const,
      file: file.rel,
      line: variable.line,
      description: undefined,
    }));
}

/** Settings under a harmless name that hold a secret which was found elsewhere: nothing else would keep it hidden. */
function repeatedSecrets(stated: readonly FoundSecret[], settings: readonly SettingsFile[]): FoundSecret[] {
  const sure = stated.filter(
    ({ placeholder, variable, value, from }) =>
      !placeholder && (isSurelySecret(variable, value) || (from !== 'env' && value.length >= LONG_ENOUGH)),
  );
  const repeats = searchFor(sure.map(({ value }) => value));
  const whole = new Map(
    stated
      .filter(({ placeholder, from, value }) => !placeholder && from === 'env' && isUnmistakable(value))
      .map((secret) => [secret.value.reveal().toString('utf8'), secret] as const),
  );
  const known = new Set(stated.map(({ item }) => item));
  return settings.flatMap((file) =>
    file.leaves.flatMap(({ path, node }): FoundSecret[] => {
      if (node.kind !== 'scalar' || known.has(keyItem(file.rel, path))) return [];
      const text = textIn(node);
      if (text === undefined || !(whole.has(text) || repeats(text))) return [];
      const same = whole.get(text) ?? sure.find(({ value }) => value.reveal().equals(Buffer.from(text)));
      return [foundInline(file, { path, node }, same?.variable ?? inlineName(path, settings), text)];
    }),
  );
}

function inlineSecret(file: SettingsFile, leaf: Leaf, settings: readonly SettingsFile[]): FoundSecret[] {
  const { node, path } = leaf;
  const text = node.kind === 'scalar' ? textIn(node) : undefined;
  if (node.kind !== 'scalar' || text === undefined || !isSecretLeaf(file, path, text, node.type)) return [];
  return [foundInline(file, leaf, inlineName(path, settings), text)];
}

function foundInline(file: SettingsFile, { path, node }: Leaf, variable: string, text: string): FoundSecret {
  return {
    item: keyItem(file.rel, path),
    variable,
    value: new Secret(variable, text),
    placeholder: isPlaceholder(text),
    precedence: file.precedence,
    from: 'yaml',
    file: file.rel,
    line: node.line,
    description: undefined,
  };
}

/** What a scalar says as text; undefined for those that cannot be a secret. */
function textIn(node: YamlScalar): string | undefined {
  if (node.type === 'null' || node.type === 'boolean') return undefined;
  const text = node.type === 'text' ? String(node.value) : node.source;
  return text === '' ? undefined : text;
}

function isSecretLeaf(file: SettingsFile, path: readonly string[], text: string, type: string): boolean {
  if (file.role === 'secrets') return true;
  return isSecretSetting(path, text, type === 'text');
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

/** The legacy store's file of secrets, still encrypted; undefined where it is not there or may not be read. */
export function storeBytes(system: ReadSystem, clone: string): Buffer | undefined {
  return readIfReachable(system, joinPath(clone, `${STORE_FOLDER}/secrets.json`));
}

function readStore(
  system: ReadSystem,
  clone: string,
  files: readonly OwnFile[],
  masterPassword: Secret | undefined,
) {
  const read = (name: string) => readIfReachable(system, joinPath(clone, `${STORE_FOLDER}/${name}`));
  const file = `${STORE_FOLDER}/secrets.json`;
  const secretsJson = files.some(({ display }) => display === file) ? storeBytes(system, clone) : undefined;
  if (secretsJson === undefined) return { secrets: [], findings: [], locked: false, takesPassword: false };
  const masterKey = read('master.key');
  const { entries, problems } = readLegacyStore({
    secretsJson,
    ...(masterKey === undefined ? {} : { masterKey }),
    ...(masterPassword === undefined ? {} : { masterPassword }),
  });
  const secrets = entries.map((entry): FoundSecret => {
    const variable = (entry.name || entry.secretId || 'secret').toUpperCase().replace(/[^A-Z0-9_]/g, '_');
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
      fix: 'Put the right master.key beside it, give the master password when migrate-from-git asks for it at the terminal, or answer the decision.',
    }),
  );
  const locked = problems.length > 0;
  return {
    secrets,
    findings,
    locked,
    takesPassword: problems.some(({ code }) => code !== 'store-unreadable'),
  };
}
