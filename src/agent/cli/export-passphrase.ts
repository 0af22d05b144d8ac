import { join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { Secret } from '../../shared/secret.ts';
import { openSecrets } from '../export/sealed-secrets.ts';
import { readIfReachable } from '../survey/reachable.ts';
import { askHidden } from './ask-hidden.ts';
import type { Call } from './verb.ts';

const TRIES = 3;

/**
 * Asks for the passphrase that opens the secrets of an export; undefined where nothing was typed, or nobody can be asked.
 * @throws EXPORT_PASSPHRASE_WRONG after as many tries as there are
 */
export async function exportPassphrase(call: Call, folder: string): Promise<Secret | undefined> {
  const sealed = readIfReachable(call.system, join(folder, 'credentials/secrets.age'));
  if (sealed === undefined || !call.terminal || call.yes || call.json) return undefined;
  call.say(
    'The installation does not have all secrets of the export any more; the export has them encrypted.',
  );
  for (let left = TRIES; left > 0; left -= 1) {
    const typed = await askHidden('Passphrase of the export (not shown):', 'EXPORT_PASSPHRASE');
    if (typed === undefined || (await opens(sealed, typed))) return typed;
    call.say('That passphrase does not open the secrets.');
  }
  throw new AppError('EXPORT_PASSPHRASE_WRONG');
}

async function opens(sealed: Buffer, passphrase: Secret): Promise<boolean> {
  try {
    await openSecrets(sealed, passphrase);
    return true;
  } catch (error) {
    if (error instanceof AppError) return false;
    throw error;
  }
}
