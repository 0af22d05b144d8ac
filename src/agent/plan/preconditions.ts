import { AppError } from '../../shared/errors.ts';
import { displayPath, joinPath } from '../paths.ts';
import type { OwnFile } from '../survey/own-file.ts';
import { readIfReachable } from '../survey/reachable.ts';
import type { Survey } from '../survey/survey.ts';
import type { FileStat, PathLike, ReadSystem } from '../system.ts';
import { type Meaningful, meaningOf } from './meaning.ts';

/** A file as it was when the plan was made. It stays on the machine; the plan holds only a fingerprint. */
export interface Precondition {
  readonly path: PathLike;
  readonly stat: FileStat;
  /** Of settings and env files: what they say, so that an edit of a comment makes no plan stale. */
  readonly meaning?: { readonly kind: Meaningful; readonly digest: string };
}

/**
 * Every file that the plan was made from: the person's own files of the clone, the
 * projects' state, and the files outside that give variables. Any write, even
 * one that keeps size and time, moves the change time that is part of this.
 */
export function preconditionsOf(system: ReadSystem, survey: Survey): Precondition[] {
  const own = survey.inventory.files
    .filter((file) => file.kind !== 'regenerable')
    .map((file) => ownFile(system, survey.source, file));
  const state = survey.states.flatMap((one) =>
    one.entries
      .filter((entry) => entry.kind !== 'folder')
      .map((entry) => ({ path: joinPath(one.path, entry.rel), stat: entry.stat })),
  );
  return [...own, ...state, ...survey.outside];
}

/**
 * Reads no content but that of a settings or env file which was written to.
 * @throws PLAN_STALE, naming the first file that is not as it was
 */
export function checkPreconditions(system: ReadSystem, preconditions: readonly Precondition[]): void {
  for (const precondition of preconditions) {
    const now = system.lstat(precondition.path);
    if (now !== undefined && signature(now) === signature(precondition.stat)) continue;
    if (now === undefined || !saysTheSame(system, precondition, now))
      throw new AppError('PLAN_STALE', { path: displayPath(precondition.path) });
  }
}

function ownFile(system: ReadSystem, source: string, { rel, kind, stat, fileKind }: OwnFile): Precondition {
  const path = joinPath(source, rel);
  if ((kind !== 'settings' && kind !== 'env') || fileKind !== 'file') return { path, stat };
  const digest = digestOf(system, path, kind);
  const now = system.lstat(path);
  // A write between the survey and this reading: the digest would be of bytes that nobody planned from.
  const isAsSurveyed = now !== undefined && signature(now) === signature(stat);
  return digest === undefined || !isAsSurveyed ? { path, stat } : { path, stat, meaning: { kind, digest } };
}

function saysTheSame(system: ReadSystem, { path, stat, meaning }: Precondition, now: FileStat): boolean {
  if (meaning === undefined || now.kind !== stat.kind || now.mode !== stat.mode) return false;
  return digestOf(system, path, meaning.kind) === meaning.digest;
}

function digestOf(system: ReadSystem, path: PathLike, kind: Meaningful): string | undefined {
  const bytes = readIfReachable(system, path);
  return bytes && meaningOf(bytes, kind);
}

function signature(stat: FileStat): string {
  return [stat.kind, stat.size, stat.mode, stat.mtimeNs, stat.ctimeNs, stat.ino, stat.dev].join(' ');
}
