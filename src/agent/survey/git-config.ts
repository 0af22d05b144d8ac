/**
 * What is taken over from the configuration of a clone: a closed list of keys that say how bytes are stored, each with
 * a closed list of values. Nothing that names a command, a file or another configuration ever gets through.
 */
export interface GitSettings {
  /** Lines for the scratch repository's own `config`. */
  readonly config: string;
  readonly objectFormat: 'sha1' | 'sha256';
  /** URL of each remote by its name, without credentials. */
  readonly remotes: ReadonlyMap<string, string>;
  /** An extension that changes how the repository is stored and that is not known here. */
  readonly unknownExtension: string | undefined;
}

const YES_NO = /^(?:true|false|yes|no|on|off|0|1)?$/i;

/** Settings that change how a file of the work tree compares with a stored one. */
const STORAGE_KEYS: Readonly<Record<string, RegExp>> = {
  'core.autocrlf': /^(?:true|false|yes|no|on|off|0|1|input)$/i,
  'core.eol': /^(?:lf|crlf|native)$/i,
  'core.filemode': YES_NO,
  'core.ignorecase': YES_NO,
  'core.symlinks': YES_NO,
  'core.precomposeunicode': YES_NO,
};

/** Of the person's own `.gitconfig` only line endings matter: they are what is usually set there and not in the clone. */
const PERSONAL_KEYS = new Set(['core.autocrlf', 'core.eol']);

/** Extensions that need nothing of a reader that follows the folders itself and never fetches. */
const HARMLESS_EXTENSIONS = new Set([
  'noop',
  'noop-v1',
  'objectformat',
  'partialclone',
  'preciousobjects',
  'relativeworktrees',
  'worktreeconfig',
]);

/** A line that cannot be in a real configuration: it divides the person's settings from the clone's. */
const DIVIDER = 'migration-agent.clone';

/** One text to be listed by `git config --file - --no-includes --list -z`, from the least to the most specific file. */
export function configInput(personal: readonly Buffer[], clone: readonly Buffer[]): Buffer {
  const newline = Buffer.from('\n');
  const divider = Buffer.from('\n[migration-agent]\n\tclone = true\n');
  return Buffer.concat([
    ...personal.flatMap((bytes) => [bytes, newline]),
    divider,
    ...clone.flatMap((bytes) => [bytes, newline]),
  ]);
}

/** Reads the list that git made of `configInput`. */
export function readSettings(list: Buffer): GitSettings {
  const storage = new Map<string, string>();
  const extensions = new Map<string, string>();
  const remotes = new Map<string, string>();
  let isClone = false;
  for (const entry of list.toString('utf8').split('\0')) {
    const end = entry.indexOf('\n');
    const key = end < 0 ? entry : entry.slice(0, end);
    const value = end < 0 ? 'true' : entry.slice(end + 1);
    if (key === DIVIDER) isClone = true;
    else if (STORAGE_KEYS[key]?.test(value) && (isClone || PERSONAL_KEYS.has(key))) storage.set(key, value);
    else if (isClone && key.startsWith('extensions.')) extensions.set(key.slice(11), value.toLowerCase());
    else if (isClone && key.startsWith('remote.') && key.endsWith('.url'))
      remotes.set(key.slice(7, -4), withoutCredentials(value));
  }
  const objectFormat = extensions.get('objectformat') === 'sha256' ? 'sha256' : 'sha1';
  return {
    config: configText(storage, objectFormat),
    objectFormat,
    remotes,
    unknownExtension: unknownExtension(extensions),
  };
}

function configText(storage: ReadonlyMap<string, string>, objectFormat: string): string {
  const isNew = objectFormat !== 'sha1';
  const lines = ['[core]', `\trepositoryformatversion = ${isNew ? 1 : 0}`, '\tbare = false'];
  for (const [key, value] of storage) lines.push(`\t${key.slice(5)} = ${value}`);
  if (isNew) lines.push('[extensions]', `\tobjectFormat = ${objectFormat}`);
  return `${lines.join('\n')}\n`;
}

function unknownExtension(extensions: ReadonlyMap<string, string>): string | undefined {
  for (const [name, value] of extensions) {
    if (name === 'refstorage' && value === 'files') continue;
    if (name === 'objectformat' && value !== 'sha1' && value !== 'sha256') return `${name}=${value}`;
    if (!HARMLESS_EXTENSIONS.has(name)) return `${name}=${value}`;
  }
  return undefined;
}

/**
 * A remote's address without what could be a secret: user and password, and the query. The user of an SSH address
 * (`git@host:path`, `ssh://git@host/path`) is no secret and stays.
 */
export function withoutCredentials(url: string): string {
  const parts = /^([a-z][a-z0-9+.-]*:\/\/)(?:([^/?#]*)@)?([^?#]*)/is.exec(url);
  if (!parts) return url;
  const [, scheme = '', credentials, rest = ''] = parts;
  const user = /ssh/i.test(scheme) && credentials ? `${credentials.split(':', 1)[0]}@` : '';
  return scheme + user + rest;
}
