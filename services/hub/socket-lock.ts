import { closeSync, constants, lstatSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { AppError, hasErrno } from '../../src/shared/errors.ts';

/** Gives the lock back. */
export type Release = () => void;

/** Result code of SQLite: another connection has a lock that conflicts. */
const SQLITE_BUSY = 5;

/**
 * Holds a lock file for this process alone. It is the lock of an (empty) SQLite database, because that is a lock of the
 * operating system: it ends with the process however that dies, and nobody has to guess from a number in a file whether
 * its writer still lives. The file stays; removing it would let two processes lock two files of one name.
 * @throws HUB_ALREADY_RUNNING when somebody holds it; HUB_SOCKET_UNSAFE when the file is not ours
 */
export function lockFile(file: string, uid: number): Release {
  create(file, uid);
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    const isHeld = cause instanceof Error && 'errcode' in cause && cause.errcode === SQLITE_BUSY;
    if (isHeld) throw new AppError('HUB_ALREADY_RUNNING', { path: file }, { cause });
    throw new AppError('HUB_SOCKET_UNSAFE', { path: file, reason: 'it is not a lock of ours' }, { cause });
  }
  return () => database.close();
}

/** Never opens one that is there: closing it again would end a lock that this very process holds (POSIX, fcntl). */
function create(file: string, uid: number): void {
  const { O_CREAT, O_EXCL, O_RDWR } = constants;
  try {
    closeSync(openSync(file, O_CREAT | O_EXCL | O_RDWR, 0o600));
  } catch (error) {
    if (!hasErrno(error, 'EEXIST')) throw error;
  }
  const found = lstatSync(file);
  if (!found.isFile() || found.uid !== uid)
    throw new AppError('HUB_SOCKET_UNSAFE', { path: file, reason: 'it is not a file of this user' });
}
