import { resolve } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import {
  type BackupIdentity,
  identityPath,
  loadIdentity,
  requireIdentity,
  writeIdentity,
} from '../backup/identity.ts';
import { openKit, readKit } from '../backup/recovery-kit.ts';
import { shortPath } from '../paths.ts';
import { askHidden } from './ask-hidden.ts';
import type { Call, VerbOption } from './verb.ts';

const TRIES = 3;

export const KIT = {
  type: 'string',
  value: 'FILE',
  about: 'open the encrypted part with this recovery kit; its passphrase is asked for',
} as const satisfies VerbOption;

export const IDENTITY = {
  type: 'string',
  value: 'FILE',
  about: 'open the encrypted part with this age identity (default: the one of this machine)',
} as const satisfies VerbOption;

/**
 * The key that was named with `--kit` or `--identity`; undefined where none was.
 * @throws KIT_NEEDS_TERMINAL, KIT_UNUSABLE, KIT_PASSPHRASE_WRONG after as many tries as there are, BACKUP_KEY_MISSING,
 *   BACKUP_KEY_WRONG
 */
export async function givenKey(call: Call): Promise<BackupIdentity | undefined> {
  const { system, flags } = call;
  const { kit, identity } = flags;
  if (typeof identity === 'string') return requireIdentity(system, resolve(system.cwd, identity));
  return typeof kit === 'string' ? fromKit(call, resolve(system.cwd, kit)) : undefined;
}

/** The key that was named, else that of this machine; undefined where there is none. */
export async function keyFor(call: Call): Promise<BackupIdentity | undefined> {
  const { system, settings } = call;
  return (await givenKey(call)) ?? loadIdentity(system, identityPath(settings.home.path));
}

/**
 * Puts a key that opened a backup to its place on a machine that has none, so that what is interrupted can be gone on
 * with. Another key that is there stays.
 */
export function keepKey({ system, settings, say }: Call, key: BackupIdentity): void {
  const path = identityPath(settings.home.path);
  if (system.lstat(path) !== undefined) return;
  writeIdentity(system, { ...key, path });
  say(`The key is back in its place: ${shortPath(path, system.home)}`);
}

async function fromKit(call: Call, path: string): Promise<BackupIdentity> {
  const kit = await readKit(call.system, path);
  if (!call.terminal || call.json) throw new AppError('KIT_NEEDS_TERMINAL');
  for (let left = TRIES; left > 0; left -= 1) {
    const typed = await askHidden('Passphrase of the recovery kit (not shown):', 'RECOVERY_PASSPHRASE');
    if (typed === undefined) break;
    try {
      return await openKit(kit, typed);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'KIT_PASSPHRASE_WRONG') throw error;
      call.say('That passphrase does not open the kit.');
    }
  }
  throw new AppError('KIT_PASSPHRASE_WRONG', { path });
}
