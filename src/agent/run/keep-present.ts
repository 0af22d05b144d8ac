import { AppError } from '../../shared/errors.ts';
import type { AgentHome } from '../agent-home.ts';
import { createBackup } from '../backup/create.ts';
import { loadOrCreateIdentity } from '../backup/identity.ts';
import type { BackupRequest } from '../backup/request.ts';
import { distrustParts } from '../backup/reuse.ts';
import { verifyBackup } from '../backup/verify.ts';
import { rememberBackup } from '../backup-index.ts';
import type { System } from '../system.ts';

/**
 * A backup of what is there now, read back and remembered, before something else than a migration changes it.
 * @throws BACKUP_DAMAGED where it does not verify, and what making a backup throws; nothing may be changed then
 */
export async function keepPresent(
  system: System,
  home: AgentHome,
  target: string,
  request: BackupRequest,
): Promise<{ readonly id: string; readonly path: string }> {
  const identity = await loadOrCreateIdentity(system, home.path);
  const { recipients, zstd } = home;
  const { id, path } = await createBackup(system, { recipients, zstd, ...request }, identity);
  const report = await verifyBackup(system, path, identity, { isEachHashed: true });
  const failed = report.checks.find((check) => !check.ok);
  if (failed !== undefined) {
    distrustParts(system, path);
    throw new AppError('BACKUP_DAMAGED', { backup: id, reason: failed.reason ?? failed.name });
  }
  rememberBackup(system, home, { id, path, kind: request.kind, target });
  return { id, path };
}
