import { randomInt } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { WORDS } from '../../protocol/word-list.ts';
import { AppError } from '../../shared/errors.ts';
import { Secret } from '../../shared/secret.ts';
import { removeIfThere, writeFileAtomic } from '../files.ts';
import type { ReadSystem, System } from '../system.ts';
import { type BackupIdentity, identityIn, identityText } from './identity.ts';

/** Words of a passphrase. Each is one of 2048 by chance, so seven are 77 bits. */
export const KIT_WORDS = 7;
export const KIT_FILE = 'recovery-kit.age';

const MAX_KIT = 64 << 10;
const ARMOR = '-----BEGIN AGE ENCRYPTED FILE-----';
const SCRYPT = 'age-encryption.org/v1\n-> scrypt ';

/** A file of the age tool that a passphrase opens; what is in it is not known yet. */
export interface Kit {
  readonly path: string;
  /** Without the armor. */
  readonly bytes: Uint8Array;
}

/** Seven words with hyphens between them, from the system's random numbers. */
export function newPassphrase(): Secret {
  const words = Array.from({ length: KIT_WORDS }, () => WORDS[randomInt(WORDS.length)]);
  return new Secret('RECOVERY_PASSPHRASE', words.join('-'));
}

/**
 * The identity's file, encrypted with the passphrase: age v1, scrypt, armored, so that it can be printed. The standard
 * tool takes it as an identity: `age -d -i recovery-kit.age credentials.age`. Proven to open before it is returned.
 */
export async function sealKit(identity: BackupIdentity, passphrase: Secret): Promise<string> {
  const { armor, Encrypter } = await import('age-encryption');
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase.reveal().toString('utf8'));
  const bytes = await encrypter.encrypt(identityText(identity));
  const opened = await openKit({ path: KIT_FILE, bytes }, passphrase);
  if (!opened.identity.equals(identity.identity)) throw new Error('the recovery kit holds another identity');
  return armor.encode(bytes);
}

/**
 * Puts a kit at `path`, 0600, as a whole or not at all: what was there stays until then. Removes what a write that was
 * killed left beside it.
 */
export function writeKit(system: System, path: string, sealed: string): void {
  const folder = dirname(path);
  for (const { name, kind } of system.readFolder(folder))
    if (kind === 'file' && isLeftover(String(name), basename(path)))
      removeIfThere(system, join(folder, String(name)));
  writeFileAtomic(system, path, sealed);
}

/** @throws KIT_UNUSABLE where it is no file that age encrypted with a passphrase */
export async function readKit(system: ReadSystem, path: string): Promise<Kit> {
  const unusable = (reason: string) => new AppError('KIT_UNUSABLE', { path, reason });
  if (system.stat(path)?.kind !== 'file') throw unusable('there is no such file');
  const file = system.readFile(system.realPath(path), MAX_KIT);
  const bytes = file.subarray(0, ARMOR.length).toString('latin1') === ARMOR ? await withoutArmor(file) : file;
  if (bytes === undefined || !Buffer.from(bytes.subarray(0, SCRYPT.length)).equals(Buffer.from(SCRYPT)))
    throw unusable('age did not encrypt it with a passphrase, or it is damaged');
  return { path, bytes };
}

/**
 * The identity in a kit. The words may be typed with blanks or hyphens between them, in small or large letters; a
 * passphrase of other words is taken as it is, since the kit may have been made by the age tool.
 * @throws KIT_PASSPHRASE_WRONG, also for a kit that was altered; KIT_UNUSABLE
 */
export async function openKit({ path, bytes }: Kit, typed: Secret): Promise<BackupIdentity> {
  const { Decrypter } = await import('age-encryption');
  const decrypter = new Decrypter();
  decrypter.addPassphrase(asGenerated(typed));
  let text: string;
  try {
    text = await decrypter.decrypt(bytes, 'text');
  } catch {
    throw new AppError('KIT_PASSPHRASE_WRONG', { path });
  }
  try {
    return await identityIn(text, path);
  } catch {
    throw new AppError('KIT_UNUSABLE', { path, reason: 'it holds no key of backups' });
  }
}

async function withoutArmor(file: Buffer): Promise<Uint8Array | undefined> {
  const { armor } = await import('age-encryption');
  try {
    return armor.decode(file.toString('latin1'));
  } catch {
    return undefined;
  }
}

function asGenerated(typed: Secret): string {
  const text = typed.reveal().toString('utf8');
  const words = text
    .trim()
    .toLowerCase()
    .split(/[\s-]+/);
  return words.every((word) => WORDS.includes(word)) ? words.join('-') : text;
}

function isLeftover(name: string, kit: string): boolean {
  return name.startsWith(`${kit}.`) && /^[0-9a-f]{8}\.tmp$/.test(name.slice(kit.length + 1));
}
