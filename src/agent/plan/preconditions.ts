import { hash } from 'node:crypto';
import { AppError } from '../../shared/errors.ts';
import { displayPath, joinPath } from '../paths.ts';
import type { Survey } from '../survey/survey.ts';
import type { FileStat, PathLike, ReadSystem } from '../system.ts';

/** A file as it was when the plan was made. It stays on the machine; the plan holds only the digest of the list. */
export interface Precondition {
  readonly path: PathLike;
  readonly stat: FileStat;
}

/**
 * Every file that the plan was made from: the person's own files of the clone, the
 * projects' state, and the files outside that give variables. Any write, even
 * one that keeps size and time, moves the change time that is part of this.
 */
export function preconditionsOf(survey: Survey): Precondition[] {
  const own = survey.inventory.files
    .filter((file) => file.kind !== 'regenerable')
    .map((file) => ({ path: joinPath(survey.source, file.rel), stat: file.stat }));
  const state = survey.states.flatMap((one) =>
    one.entries
      .filter((entry) => entry.kind !== 'folder')
      .map((entry) => ({ path: joinPath(one.path, entry.rel), stat: entry.stat })),
  );
  return [...own, ...state, ...survey.outside];
}

/** SHA-256 over paths and stats, the plan's fingerprint of its source. */
export function fingerprint(preconditions: readonly Precondition[]): string {
  const lines = preconditions.map(({ path, stat }) => `${displayPath(path)}\0${signature(stat)}`);
  return hash('sha256', lines.sort().join('\n'), 'hex');
}

/** @throws PLAN_STALE, naming the first file that is not as it was. Reads no content. */
export function checkPreconditions(system: ReadSystem, preconditions: readonly Precondition[]): void {
  for (const { path, stat } of preconditions) {
    const now = system.lstat(path);
    if (now === undefined || signature(now) !== signature(stat)) {
      throw new AppError('PLAN_STALE', { path: displayPath(path) });
    }
  }
}

function signature(stat: FileStat): string {
  return [stat.kind, stat.size, stat.mode, stat.mtimeNs, stat.ctimeNs, stat.ino, stat.dev].join(' ');
}
