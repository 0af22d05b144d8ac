import { joinPath } from '../paths.ts';
import type { PathLike } from '../system.ts';

const ROOT_ID = /^[a-z0-9][a-z0-9-]{0,63}$/;
/** A NUL, or a name that is empty, `.` or `..`. */
const UNSAFE = /\0|(?:^|\/)\.{0,2}(?:\/|$)/;
const BACKUP_NAME = /^migration-backup-\d{8}-\d{6}(?:-\d+)?$/;

/** True for `source`, `target`, `project-1` …: what may stand first in a tar member's name. */
export function isRootId(text: string): boolean {
  return ROOT_ID.test(text);
}

/** True for the name of a finished backup folder, such as `migration-backup-20240115-143045-2`. */
export function isBackupName(text: string): boolean {
  return BACKUP_NAME.test(text);
}

/**
 * True for a path that stays below its root: relative, no empty, `.` or `..` names, no NUL. Empty is the root itself.
 * Everything that is read from a backup passes here before it is used.
 */
export function isSafeRel(rel: PathLike): boolean {
  if (rel.length === 0) return true;
  const text = typeof rel === 'string' ? rel : rel.toString('latin1');
  return !UNSAFE.test(text);
}

/** `root/rel`: the name of an entry in a tar. */
export function memberName(root: string, rel: PathLike): PathLike {
  return rel.length === 0 ? root : joinPath(root, rel);
}

/** A text that is equal for equal paths, whether they are text or bytes: a key for maps. */
export function pathKey(path: PathLike): string {
  return typeof path === 'string' ? path : `${path.toString('latin1')}\0`;
}
