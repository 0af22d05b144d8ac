import { shortPath } from '../../paths.ts';
import type { DamagedRecord } from '../../run/record-folders.ts';

/** Which runs nobody can tell anything of, what that keeps from being done, and what to do. Nothing where all are whole. */
export function damagedRecordLines(damaged: readonly DamagedRecord[], home: string): string[] {
  return linesOf(damaged, home, [
    'While it is there no migration begins and nothing is pruned or retired: the run may not be finished.',
    'Rolling back works as ever: migration-agent restore-migration-backup',
  ]);
}

/** The same for runs that touched places outside of the new home: what was installed, moved aside or replaced. */
export function damagedOutsideLines(damaged: readonly DamagedRecord[], home: string): string[] {
  return linesOf(damaged, home, [
    'While it is there nothing more of its kind is begun, and a rollback leaves what it did, and says so.',
  ]);
}

export function damagedRecordsAsJson(damaged: readonly DamagedRecord[]): object[] {
  return damaged.map(({ id, path }) => ({ run: id, path }));
}

function linesOf(damaged: readonly DamagedRecord[], home: string, meanwhile: readonly string[]): string[] {
  if (damaged.length === 0) return [];
  const each = damaged.flatMap(({ id, folder, path }) => [
    `The record of run ${id} is damaged: ${shortPath(path, home)}`,
    `  Put the file back from a copy of yours, or move ${shortPath(folder, home)} away and keep it.`,
  ]);
  return [...each, ...meanwhile];
}
