import { join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { type WalkEntry, walk } from '../backup/walk.ts';
import { writeFileAtomic } from '../files.ts';
import { displayPath } from '../paths.ts';
import type { Target } from '../survey/target.ts';
import type { FileStat, PathLike, System } from '../system.ts';
import { readJson } from './read-json.ts';
import type { StepWork } from './step.ts';

/**
 * A home that exists is merged into: what is prepared was made from its files as the plan saw them. An edit made
 * meanwhile (also between an interruption and going on) would be replaced unseen, and is in no backup.
 */
const FILE = 'before.json';

/** Keeps what the target held when the plan was made in the run's folder. */
export function rememberBefore(system: System, folder: string, target: Target): void {
  writeFileAtomic(
    system,
    join(folder, FILE),
    `${JSON.stringify(Object.fromEntries(lines(target.entries)))}\n`,
  );
}

/** @throws TARGET_CHANGED naming the first entry that was added, changed or removed */
export function checkAsBefore({ system, folder, record }: StepWork): void {
  const before = readLines(system, folder);
  const isThere = system.lstat(record.target) !== undefined;
  if (isThere && !record.targetPresent) throw new AppError('TARGET_CHANGED', { path: record.target });
  const now = new Map(isThere ? lines(walk(system, record.target).entries) : []);
  const changed =
    [...now].find(([rel, signature]) => before[rel] !== signature)?.[0] ??
    Object.keys(before).find((rel) => !now.has(rel));
  if (changed !== undefined) throw new AppError('TARGET_CHANGED', { path: join(record.target, changed) });
}

/** Tells whether an entry that went aside is as it was when the plan was made, which is how the backup has it. */
export function readBefore(system: System, folder: string): (rel: PathLike, stat: FileStat) => boolean {
  const before = system.lstat(join(folder, FILE)) === undefined ? {} : readLines(system, folder);
  return (rel, stat) => before[displayPath(rel)] === signature(stat);
}

function readLines(system: System, folder: string): Record<string, string> {
  return readJson(system, join(folder, FILE)) as Record<string, string>;
}

function lines(entries: readonly WalkEntry[]): [string, string][] {
  return entries.map(({ rel, stat }) => [displayPath(rel), signature(stat)]);
}

/** A folder's time follows from what it holds, which is compared anyway. */
function signature({ kind, size, mode, mtimeNs, ino }: FileStat): string {
  return kind === 'folder' ? `${kind} ${mode}` : `${kind} ${size} ${mode} ${mtimeNs} ${ino}`;
}
