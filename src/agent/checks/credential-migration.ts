import { readVault } from '../credentials/vault.ts';
import type { Check } from './check.ts';
import { counted } from './check.ts';

export const credentialMigration: Check = {
  name: 'credential_migration',
  about: 'Each secret is decrypted from the new store and compared with the original; the files are private.',
  check({ system, plan, locate }) {
    const wanted = plan.draft.secrets;
    const files = ['credentials.key', 'credentials.enc'].map(locate);
    const open = files.find((path) => ((system.lstat(path)?.mode ?? 0) & 0o077) !== 0);
    const vault = readVault(system.readFile(files[0] as string), system.readFile(files[1] as string));
    const wrong = wanted.filter((entry) => vault.get(entry.credentialKey)?.equals(entry.value) !== true);
    if (open !== undefined && system.platform !== 'win32') {
      const reason = `${open} can be read by other users`;
      return {
        name: 'credential_migration',
        status: 'error',
        done: 0,
        of: wanted.length,
        unit: 'secrets',
        reason,
      };
    }
    const reason = wrong[0] && `${wrong[0].credentialKey} does not decrypt to its value`;
    return counted('credential_migration', 'secrets', wanted.length - wrong.length, wanted.length, reason);
  },
};
