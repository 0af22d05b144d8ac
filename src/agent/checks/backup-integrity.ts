import type { Check } from './check.ts';

export const backupIntegrity: Check = {
  name: 'backup_integrity',
  about: 'Every byte of the backup was read again and compared, and its key opens the encrypted part.',
  check({ backup }) {
    const failed = backup.checks.find(({ status }) => status === 'failed');
    const files = backup.checks.find(({ name }) => name === 'file_checksums');
    return {
      name: 'backup_integrity',
      status: failed === undefined ? 'ok' : 'error',
      done: files?.done ?? 0,
      of: files?.of ?? 0,
      unit: 'files',
      reason: failed?.reason,
    };
  },
};
