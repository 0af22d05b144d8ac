import { AppError, hasErrno } from '../../shared/errors.ts';
import { compactTime } from '../../shared/ids.ts';
import { removeTree } from '../files.ts';
import type { System } from '../system.ts';
import { PARTIAL_SUFFIX } from './format.ts';
import { isBackupName } from './names.ts';
import { removeAbandoned, writeOwner } from './partial-owner.ts';

const MAX_SAME_SECOND = 1000;

export interface PartialBackup {
  readonly id: string;
  /** `…/migration-backup-20240115-143045.partial` */
  readonly path: string;
  /** Where it goes when it is complete. */
  readonly finalPath: string;
}

/** Makes the `.partial` folder (0700) of a new backup; the folder is the lock, so no two processes get one name. */
export function startPartial(system: System, parent: string): PartialBackup {
  const base = `migration-backup-${compactTime(system.now())}`;
  for (let n = 1; n <= MAX_SAME_SECOND; n++) {
    const id = n === 1 ? base : `${base}-${n}`;
    const finalPath = `${parent}/${id}`;
    const path = finalPath + PARTIAL_SUFFIX;
    if (system.lstat(finalPath) || !makeIfFree(system, path)) continue;
    // Another process may have finished this very name between the look and the making.
    if (system.lstat(finalPath)) {
      system.removeFolder(path);
      continue;
    }
    return lock(system, { id, path, finalPath });
  }
  throw new AppError('BACKUP_PLACE', { path: parent, reason: 'it holds too many backups of this second' });
}

/** Removes the `.partial` folders of backups that dead processes left in `parent` and returns their paths. */
export function removePartial(system: System, parent: string): string[] {
  const isOurs = (name: string) =>
    name.endsWith(PARTIAL_SUFFIX) && isBackupName(name.slice(0, -PARTIAL_SUFFIX.length));
  return removeAbandoned(system, parent, isOurs);
}

function makeIfFree(system: System, path: string): boolean {
  try {
    system.makeFolder(path, 0o700);
    return true;
  } catch (error) {
    if (hasErrno(error, 'EEXIST')) return false;
    throw error;
  }
}

function lock(system: System, partial: PartialBackup): PartialBackup {
  try {
    writeOwner(system, partial.path);
  } catch (error) {
    removeTree(system, partial.path);
    throw error;
  }
  return partial;
}
