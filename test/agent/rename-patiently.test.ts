import { describe, expect, it } from 'vitest';
import { renamePatiently } from '../../src/agent/rename-patiently.ts';
import { systemError } from '../helpers/faulty-system.ts';

/** Refused so many times; the pauses that were made. */
function tried(times: number, code: string, isFolderThere = false) {
  const pauses: number[] = [];
  let tries = 0;
  const rename = () => {
    if (++tries <= times) throw systemError(code, 'rename');
  };
  let error: unknown;
  try {
    renamePatiently(
      rename,
      () => isFolderThere,
      (ms) => pauses.push(ms),
    );
  } catch (thrown) {
    error = thrown;
  }
  return { tries, pauses, error };
}

describe('a rename that is refused', () => {
  it.each(['EACCES', 'EPERM', 'EBUSY'])('with %s is tried again, after longer and longer pauses', (code) => {
    const { tries, pauses, error } = tried(3, code);
    expect([tries, error]).toEqual([4, undefined]);
    expect(pauses).toEqual([...pauses].sort((a, b) => a - b));
  });

  it('for longer than that is refused for good, with the error of the system', () => {
    const { pauses, error } = tried(1000, 'EPERM');
    expect(error).toMatchObject({ code: 'EPERM' });
    expect(pauses.reduce((sum, ms) => sum + ms)).toBe(1_500);
  });

  it('since a folder is in the way is not tried again', () => {
    expect(tried(1, 'EPERM', true)).toMatchObject({ tries: 1, pauses: [], error: { code: 'EPERM' } });
  });

  it.each(['ENOENT', 'EXDEV', 'ENOSPC', 'EIO'])('with %s is not tried again', (code) => {
    expect(tried(1, code)).toMatchObject({ tries: 1, pauses: [], error: { code } });
  });
});
