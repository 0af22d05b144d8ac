import { join } from 'node:path';
import { walk } from '../backup/walk.ts';
import { makeFolders } from '../files.ts';
import type { StepWork } from './step.ts';

/** In the run's folder, or beside the target where that is another file system. */
const KEPT = 'taken-back';

/**
 * A person may have worked in the new home between an interruption and taking the run back. What the run had placed is
 * then not deleted but kept as a whole. Newer is what was written after the last record before the taking back.
 */
export function keepNewerWork(work: StepWork): void {
  const { system, journal, folder, folders, record } = work;
  const undo = journal.entries.findIndex(({ type }) => type === 'undo');
  const last = journal.entries[undo - 1];
  const wasPlaced = journal.entries.some((entry) => 'step' in entry && entry.step === 'place');
  if (last === undefined || !wasPlaced || system.lstat(folders.staging) === undefined) return;
  const threshold = BigInt(Date.parse(last.at) + 1) * 1_000_000n;
  const isNewer = walk(system, folders.staging).entries.some(
    ({ kind, stat }) => kind !== 'folder' && stat.mtimeNs >= threshold,
  );
  if (!isNewer) return;
  const isNear = system.stat(folder)?.dev === system.lstat(folders.staging)?.dev;
  const kept = isNear ? join(folder, KEPT) : `${record.target}.${record.id}.${KEPT}`;
  makeFolders(system, join(kept, '..'));
  system.rename(folders.staging, kept);
  work.emit({ type: 'kept', path: kept });
}
