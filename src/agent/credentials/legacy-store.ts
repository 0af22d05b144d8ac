import { safeText } from '../../shared/safe-text.ts';
import { Secret } from '../../shared/secret.ts';
import { decryptFernet, isFernetKey } from './fernet.ts';
import { type JsonNode, memberOf, readJson, textOf } from './json-source.ts';
import { isPlaceholder } from './placeholder.ts';

export interface LegacyEntry {
  readonly secretId: string;
  readonly name: string;
  readonly description: string;
  readonly owner: string;
  readonly allowedProjects: readonly string[];
  /** The legacy project's words: `generic`, `api_key`, `database`, `ssh_key`, … */
  readonly secretType: string;
  readonly value: Secret;
  /** As it stands in the file, ISO 8601 without a zone. */
  readonly expires: string | null;
}

export interface LegacyStoreProblem {
  readonly code: 'store-unreadable' | 'entry-unreadable' | 'key-missing' | 'key-wrong' | 'key-placeholder';
  readonly secretId?: string;
  /** Names no value. */
  readonly message: string;
}

export interface LegacyStore {
  readonly entries: readonly LegacyEntry[];
  readonly problems: readonly LegacyStoreProblem[];
}

export interface LegacyStoreInput {
  /** `.orch-global/security/secrets.json`. */
  readonly secretsJson: Buffer;
  /** `master.key` beside it: a Fernet key. */
  readonly masterKey?: Buffer;
  /** The master password, where the legacy project was started with one; it needs no `master.key` then. */
  readonly masterPassword?: Secret;
}

/**
 * Opens the legacy project's secret store (`lib/multi_project_security.py` there). With a key file and a password, each
 * entry is opened by whichever fits. Never throws: what cannot be opened is a problem, the other entries are still read.
 */
export function readLegacyStore(input: LegacyStoreInput): LegacyStore {
  const store = readJson(input.secretsJson.toString('utf8'));
  if (store?.kind !== 'object') {
    const message = 'secrets.json is not a JSON object. Restore it from a backup, or enter its secrets anew.';
    return { entries: [], problems: [{ code: 'store-unreadable', message }] };
  }
  const ids = new Map(store.members.map(({ name, value }) => [name, value]));
  if (ids.size === 0) return { entries: [], problems: [] };
  const keys = [...keyFrom(input.masterKey), ...keyFromPassword(input.masterPassword)];
  if (keys.length === 0) return { entries: [], problems: [noKey(input.masterKey)] };

  const entries: LegacyEntry[] = [];
  const problems: LegacyStoreProblem[] = [];
  let tokens = 0;
  for (const [secretId, node] of ids) {
    const token = textOf(node, 'encrypted_value');
    if (token !== undefined) tokens += 1;
    const value = token === undefined ? undefined : firstOpened(keys, token);
    if (value === undefined) problems.push(unreadable(secretId, token === undefined));
    else entries.push(toEntry(secretId, node, value));
  }
  if (entries.length === 0 && tokens > 0) {
    const message = `No secret of ${tokens} in secrets.json opens with ${nameKeys(input)}. Give the master password, or the master.key that belongs to the file.`;
    return { entries, problems: [{ code: 'key-wrong', message }] };
  }
  return { entries, problems };
}

function toEntry(secretId: string, node: JsonNode, value: Buffer): LegacyEntry {
  const name = textOf(node, 'name') ?? secretId;
  return {
    secretId,
    name,
    description: textOf(node, 'description') ?? '',
    owner: textOf(node, 'owner') ?? '',
    allowedProjects: textsOf(memberOf(node, 'allowed_projects')),
    secretType: textOf(node, 'secret_type') ?? 'generic',
    value: new Secret(name, value),
    expires: textOf(node, 'expires_at') ?? null,
  };
}

function textsOf(node: JsonNode | undefined): string[] {
  if (node?.kind !== 'array') return [];
  return node.items.flatMap((item) =>
    item.kind === 'scalar' && item.source.startsWith('"') ? [String(JSON.parse(item.source))] : [],
  );
}

function firstOpened(keys: readonly Buffer[], token: string): Buffer | undefined {
  for (const key of keys) {
    const plain = decryptFernet(key, token);
    if (plain !== undefined) return plain;
  }
  return undefined;
}

function keyFrom(masterKey: Buffer | undefined): Buffer[] {
  return masterKey !== undefined && isFernetKey(masterKey) ? [masterKey] : [];
}

/** The legacy rule: the password's UTF-8 bytes, padded with spaces to 32 and cut there, are the key. */
function keyFromPassword(password: Secret | undefined): Buffer[] {
  if (password === undefined) return [];
  const bytes = Buffer.alloc(32, ' ');
  password.reveal().copy(bytes);
  return [Buffer.from(bytes.toString('base64').replaceAll('+', '-').replaceAll('/', '_'), 'ascii')];
}

function noKey(masterKey: Buffer | undefined): LegacyStoreProblem {
  if (masterKey === undefined) {
    const message =
      'There is no master.key beside secrets.json. Give the master password, or put the key file back.';
    return { code: 'key-missing', message };
  }
  const text = masterKey.toString('latin1').trim();
  if (isPlaceholder(text) || /^#/.test(text)) {
    const message =
      'master.key only marks where a key belongs: nobody filled it in. Give the master password, or the right master.key.';
    return { code: 'key-placeholder', message };
  }
  const message = 'master.key is no Fernet key. Give the master password, or the right master.key.';
  return { code: 'key-wrong', message };
}

/** True where a password opens at least one of the secrets. */
export function opensStore(secretsJson: Buffer, masterPassword: Secret): boolean {
  return readLegacyStore({ secretsJson, masterPassword }).entries.length > 0;
}

function nameKeys({ masterKey, masterPassword }: LegacyStoreInput): string {
  if (masterPassword === undefined) return 'master.key';
  return masterKey === undefined ? 'the master password' : 'master.key or the master password';
}

function unreadable(secretId: string, withoutValue: boolean): LegacyStoreProblem {
  const cause = withoutValue ? 'has no encrypted value' : 'does not open with the key of the others';
  return {
    code: 'entry-unreadable',
    secretId,
    message: `The secret "${safeText(secretId, 80)}" in secrets.json ${cause}. Enter it anew.`,
  };
}
