import { join } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { type Dropped, dropFromCache } from '../../backup/drop-cache.ts';
import { identityPath } from '../../backup/identity.ts';
import { readManifestFile } from '../../backup/read.ts';
import { type VerifyReport, verifyBackup } from '../../backup/verify.ts';
import type { ReadSystem } from '../../system.ts';
import { keyFor } from '../backup-key.ts';
import type { Answer, Call } from '../verb.ts';
import { facts } from '../views/table.ts';
import { chosenBackup } from './chosen.ts';

/** `backups verify`: every byte is read back; with `--media` from the disk and not from memory, as far as that can be. */
export async function verify(call: Call, given: string | undefined): Promise<Answer> {
  const { system, settings, flags } = call;
  const path = chosenBackup(call, given);
  const identity = await keyFor(call);
  const keyPath = identity?.path ?? identityPath(settings.home.path);
  const media = flags['media'] === true ? dropBackup(system, path) : undefined;
  const report = await verifyBackup(system, path, identity);
  const rows = report.checks.map((check) => {
    const reason = check.reason === undefined ? '' : `: ${check.reason}`;
    return [check.name, `${check.status}, ${check.done} of ${check.of}${reason}`] as const;
  });
  const error = failureOf(system, report, { path: keyPath, recipient: identity?.recipient });
  return {
    exit: error === undefined ? 0 : 1,
    result: { ...report, ...(media && { media }) },
    text: [`Backup ${report.id}`, ...facts([...rows, ...mediaRow(media)])],
    error,
  };
}

function dropBackup(system: ReadSystem, path: string): Dropped {
  const files = system.readFolder(path).filter(({ kind }) => kind === 'file');
  return dropFromCache(
    system,
    files.map(({ name }) => join(path, String(name))),
  );
}

function mediaRow(media: Dropped | undefined): [string, string][] {
  if (media === undefined) return [];
  const { done, of, reason } = media;
  const rest = reason === undefined ? '' : `; the others perhaps from memory: ${reason}`;
  return [['read from the disk', `${done} of ${of}${rest}`]];
}

interface Key {
  readonly path: string;
  /** Undefined where there is none. */
  readonly recipient: string | undefined;
}

/** What no check can show is no success: without its key nobody can tell whether the secrets are there. */
function failureOf(system: ReadSystem, report: VerifyReport, key: Key): AppError | undefined {
  const failed = report.checks.filter((check) => !check.ok);
  const [first] = failed;
  if (first === undefined) {
    const isKeyMissing = report.checks.some(({ status, of }) => status === 'skipped' && of > 0);
    return isKeyMissing ? new AppError('BACKUP_KEY_MISSING', { path: key.path }) : undefined;
  }
  if (failed.length === 1 && first.name === 'credential_encryption') {
    const { recipient, otherRecipients = [] } = readManifestFile(system, report.path).manifest;
    const isOfBackup = key.recipient === undefined || [recipient, ...otherRecipients].includes(key.recipient);
    if (recipient !== undefined && !isOfBackup)
      return new AppError('BACKUP_KEY_WRONG', { path: key.path, backup: report.id, recipient });
  }
  return new AppError('BACKUP_DAMAGED', {
    backup: report.id,
    reason: `${first.name}: ${first.reason ?? ''}`,
  });
}
