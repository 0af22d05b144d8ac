/**
 * The bot's keys, in `DATA_DIR/identity` (channel.md §1):
 *
 * | file | holds |
 * |---|---|
 * | `bot.pem` | B, which signs commands, pairings and certificates |
 * | `hub.pem` | H, which signs for this hub, certified by B for a day |
 * | `RECOVERY-next-identity.pem` | N, the only key that may ever replace B. Nothing loads it; its place is elsewhere |
 * | `identity.json` | the bot's id, and the thumbprint of N |
 *
 * They are made on the first start, in a folder that gets its name when all of them are on the disk.
 */
import {
  closeSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { botIdOf, FORMS } from '../../src/protocol/ids.ts';
import {
  exportPrivate,
  importPrivate,
  type KeyPair,
  newKey,
  type Thumbprint,
} from '../../src/protocol/keys.ts';
import { fits, object, text } from '../../src/protocol/schema.ts';
import { parseStrictJson } from '../../src/protocol/strict-json.ts';
import { AppError, hasErrno } from '../../src/shared/errors.ts';
import { Secret } from '../../src/shared/secret.ts';

export interface BotIdentity {
  readonly botId: string;
  /** B. */
  readonly bot: KeyPair;
  /** H. */
  readonly hub: KeyPair;
  /** Of N. */
  readonly next: Thumbprint;
}

export interface OpenedIdentity {
  readonly identity: BotIdentity;
  /** The file with N, when it was made just now: to be told once, so that somebody moves it away. */
  readonly recoveryFile: string | undefined;
}

const FILES = {
  bot: 'bot.pem',
  hub: 'hub.pem',
  next: 'RECOVERY-next-identity.pem',
  about: 'identity.json',
} as const;

const ABOUT = object({ bot_id: text(FORMS.bot), next: text(FORMS.thumbprint) });

/**
 * The bot's identity; makes it where there is none.
 * @throws BOT_KEYS_UNUSABLE when files are missing, damaged, or can be read by others; none of them is ever replaced
 */
export function openIdentity(dataDir: string): OpenedIdentity {
  const folder = join(dataDir, 'identity');
  const isThere = lstatSync(folder, { throwIfNoEntry: false }) !== undefined;
  if (!isThere) create(dataDir, folder);
  const about = parseStrictJson(readPrivate(join(folder, FILES.about)));
  if (!fits(ABOUT, about)) throw unusable(join(folder, FILES.about), 'it is damaged');
  const bot = load(join(folder, FILES.bot), 'BOT_KEY');
  const hub = load(join(folder, FILES.hub), 'HUB_KEY');
  return {
    identity: { botId: about.bot_id, bot, hub, next: about.next },
    recoveryFile: isThere ? undefined : recoveryFileOf(dataDir),
  };
}

/** Where the key that may replace B is made, and should not stay. */
export function recoveryFileOf(dataDir: string): string {
  return join(dataDir, 'identity', FILES.next);
}

function create(dataDir: string, folder: string): void {
  const unfinished = `${folder}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true, mode: 0o700 });
  const bot = newKey();
  const next = newKey();
  writePrivate(join(unfinished, FILES.bot), exportPrivate(bot, 'BOT_KEY').reveal());
  writePrivate(join(unfinished, FILES.hub), exportPrivate(newKey(), 'HUB_KEY').reveal());
  writePrivate(join(unfinished, FILES.next), exportPrivate(next, 'NEXT_KEY').reveal());
  const about = { bot_id: botIdOf(bot.publicJwk), next: next.kid };
  writePrivate(join(unfinished, FILES.about), Buffer.from(`${JSON.stringify(about)}\n`));
  syncFolder(unfinished);
  renameSync(unfinished, folder);
  syncFolder(dataDir);
}

function writePrivate(file: string, bytes: Uint8Array): void {
  const handle = openSync(file, 'wx', 0o600);
  try {
    writeSync(handle, bytes);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function load(file: string, name: string): KeyPair {
  try {
    return importPrivate(new Secret(name, readPrivate(file)));
  } catch (error) {
    if (error instanceof AppError && error.code === 'KEY_INVALID') throw unusable(file, 'it is damaged');
    throw error;
  }
}

function readPrivate(file: string): Buffer {
  try {
    const found = lstatSync(file);
    const isOurs = found.isFile() && found.uid === (process.getuid?.() ?? found.uid);
    if (!isOurs) throw unusable(file, 'it is not a file of this user');
    if (process.platform !== 'win32' && (found.mode & 0o077) !== 0)
      throw unusable(file, 'other users can read it; its mode must be 0600');
    return readFileSync(file);
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) throw unusable(file, 'it is missing');
    throw error;
  }
}

function unusable(file: string, reason: string): AppError {
  return new AppError('BOT_KEYS_UNUSABLE', { file, reason }, { file });
}
