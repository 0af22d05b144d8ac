import { AppError } from '../../shared/errors.ts';
import { identityPath, loadIdentity } from '../backup/identity.ts';
import { verifyBackup } from '../backup/verify.ts';
import { numberedBackups } from './backup-numbers.ts';
import type { JobFunction } from './job.ts';

/** Reads every byte of a backup. */
export const verify: JobFunction<'verify'> = async ({ params }, work) => {
  const { system, settings } = work;
  const found = numberedBackups(work).find(({ number }) => number === params.backup);
  if (found === undefined) throw new AppError('BACKUP_NOT_FOUND', { backup: String(params.backup) });
  const identity = await loadIdentity(system, identityPath(settings.home.path));
  const { ok, checks } = await verifyBackup(system, found.backup.path, identity);
  return {
    end: 'done',
    result: {
      backup: params.backup,
      ok,
      checks: checks.map(({ name, status, done, of }) => ({ name, status, done, of })),
    },
  };
};
