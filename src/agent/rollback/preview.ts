import { AppError } from '../../shared/errors.ts';
import type { AgentHome } from '../agent-home.ts';
import type { BackupRecord } from '../backup/format.ts';
import { type BackupIdentity, identityPath, loadIdentity } from '../backup/identity.ts';
import { type Backup, readBackup, sealedRecords } from '../backup/restore.ts';
import { isSealed } from '../backup/sealed-records.ts';
import { verifyBackup } from '../backup/verify.ts';
import { joinPath } from '../paths.ts';
import { replacedFor } from '../references/take-back.ts';
import type { System } from '../system.ts';
import { compareWithBackup, type Difference, keyOf } from './compare.ts';
import { newerWork } from './newer-work.ts';

/** Everything that a rollback would do, before it does anything. */
export interface RollbackPreview {
  readonly backup: Backup;
  readonly target: string;
  /** False: there was no configuration home, so the present one goes aside as a whole. */
  readonly targetWasPresent: boolean;
  /** Full records of the target, the sealed ones opened. */
  readonly records: readonly BackupRecord[];
  readonly difference: Difference;
  /** Keys of what the backup could not hold: left alone. */
  readonly gaps: ReadonlySet<string>;
  /** Files of the target that were made or changed after the migration. */
  readonly newer: readonly string[];
  /** Projects' state files: left as they are, whatever the backup says. */
  readonly state: { readonly files: number; readonly changed: number };
  /** Files outside of the new home in which lines were replaced: they get their bytes back where nobody changed them since. */
  readonly references: readonly string[];
  readonly identity: BackupIdentity | undefined;
}

/**
 * Reads and verifies the whole backup and compares it with the present. Writes nothing.
 * @throws BACKUP_NOT_FOUND, BACKUP_INCOMPLETE, BACKUP_DAMAGED, BACKUP_VERSION, BACKUP_KEY_MISSING, BACKUP_KEY_WRONG
 */
export async function previewRollback(
  system: System,
  home: AgentHome,
  path: string,
): Promise<RollbackPreview> {
  const backup = readBackup(system, path);
  const identity = await identityFor(system, home, backup);
  const report = await verifyBackup(system, path, identity);
  const failed = report.checks.find((check) => !check.ok);
  if (failed !== undefined) {
    throw new AppError('BACKUP_DAMAGED', {
      backup: backup.manifest.id,
      reason: `${failed.name}: ${failed.reason ?? ''}`,
    });
  }
  const root = backup.manifest.roots.find(({ id }) => id === 'target');
  if (root === undefined) {
    throw new AppError('BACKUP_INCOMPLETE', {
      backup: backup.manifest.id,
      reason: 'it holds no configuration home',
    });
  }
  const records = await targetRecords(system, backup, identity);
  const gaps = new Set(
    backup.manifest.gaps.filter((gap) => gap.root === 'target').map((gap) => keyOf(gap.rel)),
  );
  const difference = root.present
    ? compareWithBackup(system, root.path, records, gaps)
    : { restore: [], remove: system.lstat(root.path) === undefined ? [] : [''], unchanged: 0, of: 0 };
  const run = backup.manifest.run;
  return {
    backup,
    target: root.path,
    targetWasPresent: root.present,
    records,
    difference,
    gaps,
    newer: run === undefined ? [] : (newerWork(system, home.run(run), root.path) ?? []),
    state: compareState(system, backup),
    references: backup.manifest.kind === 'before-migration' ? replacedFor(system, home, root.path) : [],
    identity,
  };
}

async function identityFor(
  system: System,
  home: AgentHome,
  backup: Backup,
): Promise<BackupIdentity | undefined> {
  const path = identityPath(home.path);
  const identity = await loadIdentity(system, path);
  if (!isSealed(backup)) return identity;
  if (identity === undefined) throw new AppError('BACKUP_KEY_MISSING', { path });
  const recipient = backup.manifest.recipient ?? '';
  if (identity.recipient !== recipient) {
    throw new AppError('BACKUP_KEY_WRONG', { path, backup: backup.manifest.id, recipient });
  }
  return identity;
}

async function targetRecords(system: System, backup: Backup, identity: BackupIdentity | undefined) {
  const sealed =
    identity !== undefined && isSealed(backup) ? await sealedRecords(system, backup, identity) : [];
  const opened = new Set(sealed.map((record) => `${record.root}/${keyOf(record.rel)}`));
  const plain = backup.records.filter(
    (record) => record.part !== 'credentials.age' && !opened.has(`${record.root}/${keyOf(record.rel)}`),
  );
  return [...plain, ...sealed].filter((record) => record.root === 'target');
}

function compareState(system: System, backup: Backup): { files: number; changed: number } {
  const roots = new Map(backup.manifest.roots.map((root) => [root.id, root.path]));
  const files = backup.records.filter(
    ({ root, type, mtimeNs }) => root.startsWith('project-') && type === 'file' && mtimeNs !== undefined,
  );
  const changed = files.filter((record) => {
    const stat = system.lstat(joinPath(roots.get(record.root) ?? '', record.rel));
    return stat?.size !== record.size || stat?.mtimeNs !== record.mtimeNs;
  });
  return { files: files.length, changed: changed.length };
}
