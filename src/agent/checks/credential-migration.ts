import { AppError } from '../../shared/errors.ts';
import { readVault } from '../credentials/vault.ts';
import { type Check, type CheckWork, counted } from './check.ts';

const NAME = 'credential_migration';

export const credentialMigration: Check = {
  name: NAME,
  about: 'Each secret is decrypted from the new store and compared with the original; the files are private.',
  check(work) {
    const wanted = work.plan.draft.secrets;
    const broken = (reason: string) =>
      ({ name: NAME, status: 'error', done: 0, of: wanted.length, unit: 'secrets', reason }) as const;
    const open = openFile(work);
    if (open !== undefined) return broken(`${open} can be read by other users`);
    const vault = storedIn(work);
    if (vault instanceof AppError) return broken(vault.message);
    const wrong = wanted.filter((entry) => vault.get(entry.credentialKey)?.equals(entry.value) !== true);
    const reason = wrong[0] && `${wrong[0].credentialKey} does not decrypt to its value`;
    return counted(NAME, 'secrets', wanted.length - wrong.length, wanted.length, reason);
  },
};

/** The first of the two files that is not private. Windows has no such modes. */
function openFile({ system, locate }: CheckWork): string | undefined {
  if (system.platform === 'win32') return undefined;
  const files = ['credentials.key', 'credentials.enc'].map(locate);
  return files.find((path) => ((system.lstat(path)?.mode ?? 0) & 0o077) !== 0);
}

/** The opened store, or why it cannot be opened. */
function storedIn({ system, locate }: CheckWork) {
  try {
    return readVault(system.readFile(locate('credentials.key')), system.readFile(locate('credentials.enc')));
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}
