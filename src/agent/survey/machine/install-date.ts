import type { GitReading } from '../git.ts';
import type { Inventory } from '../inventory.ts';

export interface InstallDate {
  /** ISO time. */
  readonly at: string;
  /** `clone`: the first entry of git's log of the clone. `file`: the oldest file of the person's own. */
  readonly from: 'clone' | 'file';
}

/** When the installation was made; undefined where neither git nor a file tells. */
export function installDate(git: GitReading, { files }: Inventory): InstallDate | undefined {
  const cloned = git.state === 'read' ? git.facts.firstSeen : undefined;
  if (cloned !== undefined) return { at: cloned, from: 'clone' };
  // A time before git existed is an unpacked archive's.
  const times = files.map(({ stat }) => Number(stat.mtimeNs / 1_000_000n)).filter((time) => time > FIRST_GIT);
  const oldest = times.reduce((least, time) => Math.min(least, time), Number.POSITIVE_INFINITY);
  return Number.isFinite(oldest) ? { at: new Date(oldest).toISOString(), from: 'file' } : undefined;
}

const FIRST_GIT = Date.UTC(2005, 3);
