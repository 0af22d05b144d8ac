import { basename, join, resolve } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { findEntries } from '../backup/find-entry.ts';
import { type BackupRecord, SEALED_PART } from '../backup/format.ts';
import { type BackupIdentity, identityPath } from '../backup/identity.ts';
import { memberName, pathKey } from '../backup/names.ts';
import { type Backup, readBackup, restoreRecords, sealedRecords } from '../backup/restore.ts';
import { displayPath, shortPath } from '../paths.ts';
import { keyFor } from './backup-key.ts';
import type { Answer, Call } from './verb.ts';

/**
 * `restore-migration-backup --file PATH --to DIR`: one file or link of a backup, with its recorded hash or not at all. A
 * file of the encrypted part needs the key and is 0600.
 */
export async function restoreOneFile(call: Call, path: string): Promise<Answer> {
  const { system, settings, flags } = call;
  const given = String(flags['file']);
  if (typeof flags['to'] !== 'string')
    throw new AppError('USAGE', { problem: '--file needs --to DIR', verb: 'restore-migration-backup' });
  const folder = resolve(system.cwd, flags['to']);
  if (system.stat(folder)?.kind !== 'folder')
    throw new AppError('USAGE', {
      problem: `there is no folder at ${folder}`,
      verb: 'restore-migration-backup',
    });
  const backup = readBackup(system, path);
  const key = await keyFor(call);
  const record = await entryOf(call, backup, key, given);
  const isEncrypted = record.part === SEALED_PART;
  if (isEncrypted && key === undefined)
    throw new AppError('BACKUP_KEY_MISSING', { path: identityPath(settings.home.path) });
  const to = join(folder, basename(displayPath(record.rel)));
  if (system.lstat(to) !== undefined && !(await mayReplace(call, to)))
    throw new AppError('ENTRY_EXISTS', { path: to });
  const wanted = pathKey(memberName(record.root, record.rel));
  const { failed } = await restoreRecords(
    system,
    backup,
    isEncrypted ? key : undefined,
    (one) => (pathKey(memberName(one.root, one.rel)) === wanted ? to : undefined),
    { sealedMode: 0o600 },
  );
  const [failure] = failed;
  if (failure !== undefined)
    throw new AppError('ENTRY_NOT_RESTORED', { path: given, reason: failure.reason });
  const text = [`Restored: ${shortPath(to, system.home)}, as ${backup.manifest.id} has it.`];
  const result = { outcome: 'restored-file', backup: backup.manifest.id, path: to, encrypted: isEncrypted };
  return { exit: 0, result, text };
}

async function entryOf(
  { system }: Call,
  backup: Backup,
  key: BackupIdentity | undefined,
  given: string,
): Promise<BackupRecord> {
  const { roots, id } = backup.manifest;
  const fits = (records: readonly BackupRecord[]) =>
    findEntries(records, roots, given).filter(({ type }) => type === 'file' || type === 'link');
  let found = fits(backup.records);
  if (found.length === 0) {
    // Its name may itself hold a secret: then it stands only in the encrypted part.
    if (key !== undefined) found = fits(await sealedRecords(system, backup, key));
  }
  const [record] = found;
  if (record === undefined) throw new AppError('ENTRY_NOT_IN_BACKUP', { backup: id, path: given });
  if (found.length === 1) return record;
  const paths = found.map(({ root, rel }) => `${root}/${displayPath(rel)}`).join(', ');
  throw new AppError('ENTRY_AMBIGUOUS', { path: given, paths });
}

/** `--yes` takes safe defaults, and that is to leave what is there. */
async function mayReplace(call: Call, path: string): Promise<boolean> {
  if (call.yes || !call.terminal || call.json || call.system.lstat(path)?.kind === 'folder') return false;
  return call.confirm(`Replace ${shortPath(path, call.system.home)}?`);
}
