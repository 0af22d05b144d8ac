import { dirname, join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { makeFolders } from '../files.ts';
import { displayPath, joinPath, parentOf } from '../paths.ts';
import { isSystemError } from '../run/in-words.ts';
import type { Journal } from '../run/journal.ts';
import { freePath, siblingFolder } from '../run/placement.ts';
import type { RunRecord } from '../run/run-record.ts';
import type { System } from '../system.ts';
import { destinationIn, type RollbackPlace } from './place.ts';

/** What is not in the backup goes aside: nothing is deleted. */
export function moveAside(
  system: System,
  journal: Journal,
  places: readonly RollbackPlace[],
  folder: string,
  record: RunRecord,
): { failures: { path: string; reason: string }[]; moved: number; aside: string | undefined } {
  const failures: { path: string; reason: string }[] = [];
  let moved = 0;
  let first: string | undefined;
  for (const place of places.filter(({ difference }) => difference.remove.length > 0)) {
    const step = place.root === 'target' ? 'move-aside' : `move-aside:${place.root}`;
    const aside = asideFolder(system, folder, record, place);
    first ??= aside;
    journal.add({ type: 'intent', step, data: { to: aside } });
    for (const rel of place.difference.remove) {
      const from = destinationIn(place, rel);
      // An earlier try may have moved something of the same name.
      const to = freePath(system, rel.length === 0 ? join(aside, 'home') : joinPath(aside, rel));
      try {
        makeFolders(system, parentOf(to));
        system.rename(from, to);
        moved++;
      } catch (error) {
        if (!isSystemError(error)) throw error;
        failures.push({ path: displayPath(from), reason: error.message });
      }
    }
    system.syncFolder(dirname(place.path));
    journal.add({ type: 'done', step, data: { moved } });
  }
  return { failures, moved, aside: first };
}

/** In the run's folder, or beside the place where that is another file system: moving must be a rename. */
function asideFolder(system: System, folder: string, record: RunRecord, place: RollbackPlace): string {
  const near = system.stat(dirname(place.path))?.dev;
  const name = place.root === 'target' ? 'aside' : `aside-${place.root}`;
  if (system.stat(folder)?.dev === near) return join(folder, name);
  const path = siblingFolder(place.path, record.id, 'aside');
  const stat = system.lstat(path);
  if (stat !== undefined && (stat.kind !== 'folder' || stat.uid !== system.lstat(folder)?.uid))
    throw new AppError('STEP_CONFLICT', { path, reason: 'somebody else made it' });
  return path;
}
