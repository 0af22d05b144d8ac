import type { ReadSystem } from '../system.ts';

export interface Dropped {
  /** Files whose bytes are not in memory any more: what reads them next reads the medium. */
  readonly done: number;
  readonly of: number;
  /** Why the others may come from memory. */
  readonly reason?: string;
}

/**
 * Asks the system to forget what it keeps of these files in memory, and looks whether it did. Node has neither
 * posix_fadvise nor O_DIRECT: GNU dd asks, fincore of util-linux looks. A drive's own memory is out of reach.
 */
export function dropFromCache(system: ReadSystem, paths: readonly string[]): Dropped {
  const of = paths.length;
  const run = (command: string, args: readonly string[]) =>
    system.run(command, args, { env: { PATH: system.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C' } });
  let done = 0;
  for (const path of paths) {
    // What is not on the medium yet cannot be forgotten.
    run('sync', ['-d', path]);
    const asked = run('dd', [`if=${path}`, 'iflag=nocache', 'count=0', 'status=none']);
    if (asked.notFound || asked.status !== 0) return { done, of, reason: 'there is no GNU dd to ask with' };
    const looked = run('fincore', ['--bytes', '--noheadings', '--output', 'PAGES', path]);
    if (looked.notFound || looked.status !== 0)
      return { done, of, reason: 'there is no fincore to look with' };
    // An empty file has no line.
    if (/^\s*0?\s*$/.test(looked.stdout.toString('latin1'))) done += 1;
  }
  return done === of ? { done, of } : { done, of, reason: 'the system keeps them in memory all the same' };
}
