import { basename, dirname, join } from 'node:path';
import { newRunId } from '../../shared/ids.ts';
import type { AgentHome } from '../agent-home.ts';
import { MANIFEST_FILE } from '../backup/format.ts';
import { makeFolders, removeIfThere, removeTree } from '../files.ts';
import { Journal, readJournal } from '../run/journal.ts';
import { stateOf } from '../run/run-record.ts';
import type { ReadSystem, System } from '../system.ts';

/** Bytes that go with these backups' files; of a file that another backup shares only the last name counts. */
export function bytesOf(system: ReadSystem, folders: readonly string[]): number {
  const names = new Map<string, { left: number; size: number }>();
  for (const folder of folders)
    for (const { name } of system.readFolder(folder)) {
      const stat = system.lstat(join(folder, String(name)));
      if (stat?.kind !== 'file') continue;
      const key = `${stat.dev}:${stat.ino}`;
      const { left, size } = names.get(key) ?? { left: stat.nlink, size: stat.size };
      names.set(key, { left: left - 1, size });
    }
  return [...names.values()].reduce((sum, { left, size }) => sum + (left === 0 ? size : 0), 0);
}

/**
 * Deletes backups for good. Each is announced in a journal and renamed aside first, so that no half of one is ever seen as
 * a backup; when all are aside they are deleted.
 */
export function pruneBackups(system: System, home: AgentHome, folders: readonly string[]): void {
  const id = newRunId(system.now());
  const place = join(home.prunes, id);
  makeFolders(system, place);
  const journal = Journal.openNew(system, place, id);
  try {
    journal.add({ type: 'begin' });
    for (const [n, from] of folders.entries()) {
      const to = `${from}.pruned-${id.slice(-8)}`;
      journal.add({ type: 'intent', step: `aside-${n}`, data: { from, to } });
      system.rename(from, to);
      system.syncFolder(dirname(from));
      journal.add({ type: 'done', step: `aside-${n}` });
    }
    finish(system, home, journal);
  } finally {
    journal.close();
  }
}

/** How many backups lie aside that a prune which was ended in the middle was told to delete. Reads only. */
export function unfinishedPrunes(system: ReadSystem, home: AgentHome): number {
  if (system.stat(home.prunes)?.kind !== 'folder') return 0;
  const journals = system.readFolder(home.prunes).flatMap(({ name }) => {
    const entries = readJournal(system, join(home.prunes, String(name)), String(name));
    return stateOf(entries).outcome === undefined ? [entries] : [];
  });
  return journals
    .flat()
    .filter(
      (entry) => entry.type === 'intent' && system.lstat((entry.data as { to: string }).to) !== undefined,
    ).length;
}

/** Deletes what a prune that was ended in the middle had moved aside. How many backups that were. */
export function finishPrunes(system: System, home: AgentHome): number {
  if (system.stat(home.prunes)?.kind !== 'folder') return 0;
  let finished = 0;
  for (const { name } of system.readFolder(home.prunes)) {
    const [id, place] = [String(name), join(home.prunes, String(name))];
    if (stateOf(readJournal(system, place, id)).outcome !== undefined) continue;
    const journal = Journal.open(system, place, id);
    try {
      finished += finish(system, home, journal);
    } finally {
      journal.close();
    }
  }
  return finished;
}

function finish(system: System, home: AgentHome, journal: Journal): number {
  let deleted = 0;
  for (const entry of journal.entries) {
    if (entry.type !== 'intent') continue;
    const { from, to } = entry.data as { from: string; to: string };
    if (system.lstat(to) === undefined) continue;
    // Without its manifest it is no backup, whoever looks at it while the rest goes.
    removeIfThere(system, join(to, MANIFEST_FILE));
    removeTree(system, to);
    removeIfThere(system, join(home.backupIndex, `${basename(from)}.json`));
    deleted += 1;
  }
  journal.add({ type: 'end', outcome: 'complete' });
  return deleted;
}
