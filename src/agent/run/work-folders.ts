import { dirname, join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { readManifestFile } from '../backup/read.ts';
import { walk } from '../backup/walk.ts';
import { removeTree } from '../files.ts';
import { keyOf } from '../survey/inventory.ts';
import type { System } from '../system.ts';
import { newerInStaging, readPlacedList } from './placed-list.ts';
import { freePath, type PlacementFolders, planFromJson, siblingFolder, workFolders } from './placement.ts';
import type { RunRecord } from './run-record.ts';
import type { StepWork } from './step.ts';
import { readBefore } from './target-before.ts';

/**
 * The folders that a run keeps beside the target. They are the run's own: what somebody else put there is not used.
 * What is in them at the end is removed only where it is the run's own, too, or in the backup; else it is kept.
 */
const KEPT = [
  { name: 'taken-back', what: 'what was in the new home, with your newer work' },
  { name: 'taken-back-records', what: 'the records of the run, with your changes' },
  { name: 'replaced', what: 'what was replaced and is in no backup' },
  { name: 'replaced-records', what: 'records that were replaced and are in no backup' },
] as const;

type KeptName = (typeof KEPT)[number]['name'];

/** Before a run begins. @throws STEP_CONFLICT where something has the name of one of its folders */
export function refuseWorkFolders(system: System, target: string, run: string): void {
  const taken = workFolders(target, run).find((path) => system.lstat(path) !== undefined);
  if (taken !== undefined)
    throw new AppError('STEP_CONFLICT', { path: taken, reason: 'somebody else made it' });
}

/** Before a run works in its folders. @throws STEP_CONFLICT where one is a link, a file, or of another user */
export function checkWorkFolders({ system, record, folder }: StepWork): void {
  const owner = system.lstat(folder)?.uid;
  for (const path of workFolders(record.target, record.id)) {
    const stat = system.lstat(path);
    if (stat === undefined || (stat.kind === 'folder' && stat.uid === owner)) continue;
    throw new AppError('STEP_CONFLICT', { path, reason: 'somebody else made it' });
  }
}

/** Removes the run's folders, and tells of everything that is kept instead, now or by an earlier try. */
export function removeWorkFolders(work: StepWork): void {
  const { system, record, folder, folders, recordFolders } = work;
  const keep = (path: string, name: KeptName, isKept: boolean) => {
    if (isKept) keepFolder(system, record, folder, path, name);
    else removeTree(system, path);
  };
  for (const [step, one, suffix] of [
    ['place', folders, ''],
    ['place-records', recordFolders, '-records'],
  ] as const) {
    keep(one.staging, `taken-back${suffix}`, holdsNewerWork(work, step, one));
    keep(one.aside, `replaced${suffix}`, holdsTheOnlyCopy(work, one.aside));
  }
  for (const { name, what } of KEPT) {
    for (const path of [join(folder, name), siblingFolder(record.target, record.id, name)])
      if (system.lstat(path) !== undefined) work.emit({ type: 'kept', path, what });
  }
}

/** Step under which the journal notes that newer work was seen before anything was moved. */
export function newerNote(step: string): string {
  return `${step}:newer`;
}

function holdsNewerWork(work: StepWork, step: string, folders: PlacementFolders): boolean {
  const { system, folder } = work;
  const plan = work.evidence(`${step}:plan`);
  // What never was in the home is all ours.
  if (plan === undefined || system.lstat(folders.staging) === undefined) return false;
  if (work.evidence(newerNote(step)) !== undefined) return true;
  const list = readPlacedList(system, folder, step);
  return newerInStaging(system, list, folders, planFromJson(plan).placements) > 0;
}

/** True unless all that went aside is as the backup has it. */
function holdsTheOnlyCopy(work: StepWork, aside: string): boolean {
  const { system, folder } = work;
  if (system.lstat(aside) === undefined) return false;
  const { entries, unreadable, notCrossed } = walk(system, aside);
  const files = entries.filter(({ kind }) => kind !== 'folder');
  if (unreadable.length + notCrossed.length > 0) return true;
  if (files.length === 0) return false;
  const gaps = gapsOfBackup(work);
  const isBefore = readBefore(system, folder);
  return files.some(({ rel, stat }) => gaps === undefined || gaps.has(keyOf(rel)) || !isBefore(rel, stat));
}

/** Keys of what the run's backup could not hold; undefined where the backup is gone. */
function gapsOfBackup({ system, evidence }: StepWork): Set<string> | undefined {
  const made = evidence('make-backup') as { path: string } | undefined;
  if (made === undefined) return undefined;
  try {
    const { gaps } = readManifestFile(system, made.path).manifest;
    return new Set(gaps.filter(({ root }) => root === 'target').map(({ rel }) => keyOf(rel)));
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

/** Moves a folder into the run's own, or beside the target where that is another file system. Where it lies then. */
export function keepFolder(
  system: System,
  record: Pick<RunRecord, 'target' | 'id'>,
  runFolder: string,
  from: string,
  name: string,
): string {
  const isNear = system.lstat(runFolder)?.dev === system.lstat(from)?.dev;
  const wanted = isNear ? join(runFolder, name) : siblingFolder(record.target, record.id, name);
  const to = freePath(system, wanted) as string;
  system.rename(from, to);
  system.syncFolder(dirname(to));
  system.syncFolder(dirname(from));
  return to;
}
