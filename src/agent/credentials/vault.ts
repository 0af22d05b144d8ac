import { AppError } from '../../shared/errors.ts';
import { safeText } from '../../shared/safe-text.ts';
import { Secret } from '../../shared/secret.ts';
import { decryptFernet, encryptFernet, isFernetKey } from './fernet.ts';
import {
  type JsonNode,
  type JsonObject,
  jsonNode,
  memberOf,
  readJson,
  setMember,
  textOf,
  writeJson,
} from './json-source.ts';

/** A secret to be stored in `credentials.enc`. */
export interface VaultEntry {
  /** Its name in the store, such as `discord_bot_token`. */
  readonly credentialKey: string;
  /** The environment variable it is known by, stored as `metadata.variable`. */
  readonly variable: string;
  readonly type: string;
  readonly provider: string;
  readonly description: string;
  readonly scope: string;
  readonly value: Secret;
  /** An existing entry of the same name gives way to this one. Default false: then it stays, and this one is left out. */
  readonly replace?: boolean;
}

/** The secrets of a target: `credentials.key` and `credentials.enc` (formats.md section 6), opened by `readVault`. */
export class Vault {
  /** The file as it was read, without a secret in clear; undefined where there is none yet. */
  readonly bytes: Buffer | undefined;
  readonly #key: Buffer | undefined;
  readonly #secrets: ReadonlyMap<string, Secret | undefined>;

  constructor(bytes?: Buffer, key?: Buffer, secrets: ReadonlyMap<string, Secret | undefined> = new Map()) {
    this.bytes = bytes;
    this.#key = key;
    this.#secrets = secrets;
  }

  /** In the order of the file, each once. */
  names(): string[] {
    return [...this.#secrets.keys()];
  }

  /** Undefined where there is no such entry, or where it holds no encrypted value (`has` tells which). */
  get(credentialKey: string): Secret | undefined {
    return this.#secrets.get(credentialKey);
  }

  has(credentialKey: string): boolean {
    return this.#secrets.has(credentialKey);
  }

  /** True when an entry sealed with `key` can be opened together with those that are here. */
  fits(key: Buffer): boolean {
    const sealed =
      this.#key !== undefined && [...this.#secrets.values()].some((secret) => secret !== undefined);
    return !sealed || text(this.#key) === text(key);
  }
}

/**
 * Opens the store. Without `enc` the vault is empty. An entry's secret is named after `metadata.variable`, else after its
 * own name in capitals. Throws CREDENTIALS_DAMAGED, with a reason that names no value, when the file is no store, the key
 * is missing or wrong, or an entry cannot be decrypted.
 */
export function readVault(key: Buffer | undefined, enc: Buffer | undefined): Vault {
  if (enc === undefined) return new Vault(undefined, key);
  const credentials = credentialsOf(readStore(enc));
  const secrets = new Map<string, Secret | undefined>();
  const closed: string[] = [];
  for (const { name, value } of credentials?.members ?? []) {
    const token = textOf(value, 'encrypted_value');
    const plain = token === undefined ? undefined : decryptFernet(fernetKey(key), token);
    if (token !== undefined && plain === undefined) closed.push(name);
    const variable = textOf(memberOf(value, 'metadata'), 'variable') ?? name.toUpperCase();
    secrets.set(name, plain === undefined ? undefined : new Secret(variable, plain));
  }
  if (closed.length > 0) {
    throw damaged(
      closed.length === secrets.size
        ? 'credentials.key does not open credentials.enc'
        : `credentials.key does not open the entry "${safeText(closed[0]!, 80)}" of credentials.enc`,
    );
  }
  return new Vault(enc, key, secrets);
}

/**
 * The bytes of `credentials.enc` with `additions` in it. Everything an existing file holds stays, in its order, also what
 * this program does not know; if nothing is added, so do its exact bytes. Throws CREDENTIALS_DAMAGED when `key` is not a
 * Fernet key or not the one that opens the existing entries, LEDGER_INCOMPLETE when two additions have the same name.
 */
export function sealVault(
  existing: Vault | undefined,
  key: Buffer,
  additions: readonly VaultEntry[],
  now: Date,
): Buffer {
  const opened = existing ?? new Vault();
  if (!isFernetKey(key)) throw damaged('credentials.key is no Fernet key');
  if (!opened.fits(key)) throw damaged('credentials.key is not the one that credentials.enc was made with');
  refuseTwice(additions);
  const wanted = additions.filter((entry) => entry.replace === true || !opened.has(entry.credentialKey));
  if (wanted.length === 0 && opened.bytes !== undefined) return opened.bytes;

  const time = isoSeconds(now);
  const store = opened.bytes === undefined ? newStore(time) : readStore(opened.bytes);
  const credentials = credentialsOf(store) ?? addCredentials(store);
  for (const entry of wanted) {
    const node = entryNode(entry, key, now);
    const old = memberOf(credentials, entry.credentialKey);
    if (old?.kind === 'object') keepUnknown(old, node);
    setMember(credentials, entry.credentialKey, node);
  }
  setMember(store, 'last_updated', jsonNode(time));
  return Buffer.from(`${writeJson(store)}\n`, 'utf8');
}

/** The two files of a store, as they are read. */
export interface StoreFiles {
  readonly key: Buffer | undefined;
  readonly enc: Buffer | undefined;
}

/**
 * The bytes of the store `to` with these entries of `from` in it, each with all that it says and its value under the key of
 * `to`. An entry of the same name gives way. Throws CREDENTIALS_DAMAGED where one of the stores cannot be opened.
 */
export function moveSecrets(from: StoreFiles, to: StoreFiles, names: readonly string[], now: Date): Buffer {
  const secrets = readVault(from.key, from.enc);
  readVault(to.key, to.enc);
  const key = fernetKey(to.key);
  if (from.enc === undefined || to.enc === undefined) throw damaged('credentials.enc is missing');
  const source = credentialsOf(readStore(from.enc));
  const store = readStore(to.enc);
  const credentials = credentialsOf(store) ?? addCredentials(store);
  for (const name of names) {
    const node = memberOf(source, name);
    const secret = secrets.get(name);
    if (node?.kind !== 'object' || secret === undefined) continue;
    setMember(node, 'encrypted_value', jsonNode(encryptFernet(key, secret.reveal(), now)));
    setMember(credentials, name, node);
  }
  setMember(store, 'last_updated', jsonNode(isoSeconds(now)));
  return Buffer.from(`${writeJson(store)}\n`, 'utf8');
}

function readStore(enc: Buffer): JsonObject {
  let json: string;
  try {
    json = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(enc);
  } catch {
    throw damaged('credentials.enc is not UTF-8');
  }
  const store = readJson(json);
  if (store?.kind !== 'object') throw damaged('credentials.enc is not a JSON object');
  if ((textOf(store, 'algorithm') ?? 'Fernet') !== 'Fernet') {
    throw damaged('credentials.enc names an algorithm that is not Fernet');
  }
  if (!(textOf(store, 'version') ?? '1.0').startsWith('1.')) {
    throw damaged('credentials.enc has a version that this program does not know');
  }
  return store;
}

function credentialsOf(store: JsonObject): JsonObject | undefined {
  const credentials = memberOf(store, 'credentials');
  if (credentials === undefined || credentials.kind === 'object') return credentials;
  throw damaged('"credentials" in credentials.enc is not an object');
}

function addCredentials(store: JsonObject): JsonObject {
  const credentials: JsonObject = { kind: 'object', members: [] };
  setMember(store, 'credentials', credentials);
  return credentials;
}

function newStore(time: string): JsonObject {
  const store: JsonObject = { kind: 'object', members: [] };
  const members = { version: '1.0', algorithm: 'Fernet', created: time, last_updated: time, credentials: {} };
  for (const [name, value] of Object.entries(members)) setMember(store, name, jsonNode(value));
  return store;
}

function entryNode(entry: VaultEntry, key: Buffer, now: Date): JsonObject {
  const { type, provider, description, scope, variable } = entry;
  const node = jsonNode({
    type,
    provider,
    encrypted_value: encryptFernet(key, entry.value.reveal(), now),
    created: isoSeconds(now),
    last_used: null,
    metadata: { description, scope, expires: null, variable },
  });
  return node as JsonObject;
}

/** What a replaced entry holds beside the members of ours stays with the new one. */
function keepUnknown(old: JsonObject, node: JsonObject): void {
  for (const { name, value } of old.members) {
    const ours: JsonNode | undefined = memberOf(node, name);
    if (ours === undefined) setMember(node, name, value);
    else if (ours.kind === 'object' && value.kind === 'object') keepUnknown(value, ours);
  }
}

function refuseTwice(additions: readonly VaultEntry[]): void {
  const names = new Set<string>();
  for (const { credentialKey } of additions) {
    if (names.has(credentialKey)) {
      const item = `a second secret named "${safeText(credentialKey, 80)}"`;
      throw new AppError('LEDGER_INCOMPLETE', { count: 1, item });
    }
    names.add(credentialKey);
  }
}

function fernetKey(key: Buffer | undefined): Buffer {
  if (key === undefined) throw damaged('credentials.key is missing');
  if (!isFernetKey(key)) throw damaged('credentials.key is no Fernet key');
  return key;
}

/** A key's characters without the newline that may follow them. */
function text(key: Buffer): string {
  return key.toString('latin1').trimEnd();
}

function damaged(reason: string): AppError {
  return new AppError('CREDENTIALS_DAMAGED', { reason });
}

/** ISO 8601 as the package's own schema shows it: `2024-01-15T10:30:00Z`. */
function isoSeconds(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z');
}
