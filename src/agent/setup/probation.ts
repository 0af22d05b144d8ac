import { AppError } from '../../shared/errors.ts';
import { walk } from '../backup/walk.ts';
import { finishedAt } from '../health/looks.ts';
import { displayPath } from '../paths.ts';
import type { Run } from '../run/run-record.ts';
import type { ReadSystem } from '../system.ts';

/** How long a clone waits, unused, before it may be retired (experience.md: looked at after 1 h, 24 h and 7 d). */
export const PROBATION_MS = 7 * 86_400_000;

export interface Probation {
  /** The later of the end of the migration and the last use of the clone. */
  readonly since: Date;
  readonly ends: Date;
  /** What in the clone was written to last, after the migration; undefined where nothing was. */
  readonly used: string | undefined;
}

/** Any write in the clone after the migration is a use, `.git` included: its probation begins anew. */
export function probationOf(system: ReadSystem, source: string, run: Run): Probation {
  const finished = finishedAt(run);
  let [newest, used] = [finished, undefined as string | undefined];
  for (const { rel, stat } of walk(system, source).entries) {
    const changed = Number(stat.ctimeNs / 1_000_000n);
    if (changed > newest) [newest, used] = [changed, displayPath(rel)];
  }
  return { since: new Date(newest), ends: new Date(newest + PROBATION_MS), used };
}

/** @throws RETIRE_TOO_EARLY */
export function refuseEarly(system: ReadSystem, { ends, used }: Probation): void {
  if (system.now() >= ends) return;
  const reason =
    used === undefined
      ? 'the migration is not old enough'
      : `${used} in it was written to since the migration`;
  throw new AppError('RETIRE_TOO_EARLY', { ends: ends.toISOString(), reason });
}
