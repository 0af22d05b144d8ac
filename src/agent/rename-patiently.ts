import { hasErrno } from '../shared/errors.ts';

/** How long to wait before each further try, in milliseconds: 1.5 s in all. */
const PAUSES_MS = [10, 20, 40, 80, 150, 300, 400, 500] as const;

/**
 * Renames, and tries again while somebody holds the file: on Windows a virus scanner or an indexer opens what was just
 * written for a moment, and renaming is refused meanwhile (EACCES, EPERM or EBUSY). What a program holds for longer is
 * thrown as it was, and at once what is refused for good, since a folder is in the way (`isFolderThere`).
 */
export function renamePatiently(
  rename: () => void,
  isFolderThere: () => boolean,
  pause: (ms: number) => void,
): void {
  for (const ms of PAUSES_MS) {
    try {
      rename();
      return;
    } catch (error) {
      if (!hasErrno(error, 'EACCES', 'EPERM', 'EBUSY') || isFolderThere()) throw error;
      pause(ms);
    }
  }
  rename();
}
