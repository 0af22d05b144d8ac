import { resolve } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { counted } from '../../../shared/words.ts';
import { identityPath } from '../../backup/identity.ts';
import { writeMirror } from '../../backup/mirror.ts';
import { readBackup } from '../../backup/restore.ts';
import { isSealed } from '../../backup/sealed-records.ts';
import { shortPath } from '../../paths.ts';
import { keyFor } from '../backup-key.ts';
import type { Answer, Call } from '../verb.ts';
import { facts, shortList } from '../views/table.ts';
import { chosenBackup } from './chosen.ts';

/** `backups export --mirror DIR`: a backup as a tree to look through. Secrets only with `--with-secrets`, 0600. */
export async function exportMirror(call: Call, given: string | undefined): Promise<Answer> {
  const { system, settings, flags } = call;
  if (typeof flags['mirror'] !== 'string')
    throw new AppError('USAGE', { problem: '--mirror DIR is missing', verb: 'backups' });
  const backup = readBackup(system, chosenBackup(call, given));
  const wanted = flags['with-secrets'] === true && isSealed(backup);
  const identity = wanted ? await keyFor(call) : undefined;
  if (wanted && identity === undefined)
    throw new AppError('BACKUP_KEY_MISSING', { path: identityPath(settings.home.path) });
  const mirror = await writeMirror(system, backup, resolve(system.cwd, flags['mirror']), identity);
  const [first] = mirror.failed;
  const secrets =
    mirror.leftOut === 0 ? 'none' : `${mirror.leftOut}; --with-secrets writes them too, in clear`;
  const text = [
    `Backup ${backup.manifest.id}`,
    ...facts([
      ['Written', counted(mirror.written, 'entry', 'entries')],
      ['Folder', shortPath(mirror.path, system.home)],
      ['Left out, encrypted', secrets],
    ]),
    ...(mirror.renamed.length === 0
      ? []
      : [
          '',
          'Under another name, which this file system can hold',
          ...shortList(mirror.renamed.map(({ from, to }) => `${from}: ${to}`)),
        ]),
  ];
  const error = first && new AppError('MIRROR_INCOMPLETE', { count: mirror.failed.length, ...first });
  return { exit: error === undefined ? 0 : 1, result: { id: backup.manifest.id, mirror }, text, error };
}
