import { join } from 'node:path';
import type { ListedBackup } from '../backup/list.ts';
import { knownBackups } from '../backup-index.ts';
import { makeFolders, writeFileAtomic } from '../files.ts';
import { readJson } from '../run/read-json.ts';
import type { JobWork } from './job.ts';

const FILE = 'backup-numbers.json';

export interface NumberedBackup {
  readonly number: number;
  readonly backup: ListedBackup;
}

/**
 * Backups under the numbers that they are known by outside of this machine, the newest first. A number is given once, by
 * age, and never to another backup; it says nothing about where the backup lies. @throws RUN_FILE_DAMAGED
 */
export function numberedBackups({
  system,
  settings,
}: Pick<JobWork, 'system' | 'settings'>): NumberedBackup[] {
  const backups = knownBackups(system, settings.home, settings.backups);
  const file = join(settings.home.path, FILE);
  const kept = system.lstat(file) === undefined ? {} : (readJson(system, file) as Record<string, number>);
  const known = new Map(Object.entries(kept));
  const size = known.size;
  for (const { id } of [...backups].reverse())
    if (!known.has(id)) known.set(id, Math.max(0, ...known.values()) + 1);
  if (known.size > size) {
    makeFolders(system, settings.home.path);
    writeFileAtomic(system, file, `${JSON.stringify(Object.fromEntries(known), null, 2)}\n`);
  }
  return backups.map((backup) => ({ number: known.get(backup.id) as number, backup }));
}

/** The number of a backup that was just made. */
export function backupNumber(work: Pick<JobWork, 'system' | 'settings'>, id: string): number {
  const found = numberedBackups(work).find(({ backup }) => backup.id === id);
  if (found === undefined) throw new Error(`backup ${id} is not in the index`);
  return found.number;
}
