import { AppError, type ErrorName, hasErrno } from '../../shared/errors.ts';

/**
 * Errors of the operating system get their own words, with `where` in place of a path that they do not tell.
 * @throws the error itself where it is a fault of ours, or a crash that a test makes
 */
export function inWords(error: unknown, where: string): AppError {
  if (error instanceof AppError) return error;
  if (isCrash(error) || !isSystemError(error)) throw error;
  const path = error.path ?? where;
  const code: ErrorName = hasErrno(error, 'ENOSPC', 'EDQUOT')
    ? 'DISK_FULL'
    : hasErrno(error, 'EACCES', 'EPERM', 'EROFS')
      ? 'NO_PERMISSION'
      : 'IO_ERROR';
  return new AppError(
    code,
    { path, reason: error.message, needed: 'more bytes', available: 'none' },
    { cause: error },
  );
}

/** Does the work; what it throws comes out in words. */
export async function toldInWords<T>(where: string, work: () => Promise<T> | T): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw inWords(error, where);
  }
}

/** Thrown by tests in place of a crash: nothing may catch it and go on. */
export function isCrash(error: unknown): boolean {
  return error instanceof Error && error.name === 'SimulatedCrash';
}

/** True for errors of system calls, such as EIO; those of Node itself (`ERR_…`) are faults of ours. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && /^E(?!RR_)[A-Z0-9]+$/.test(String(error.code));
}
