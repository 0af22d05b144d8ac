import { join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { Secret } from '../../shared/secret.ts';
import type { AgentHome } from '../agent-home.ts';
import type { BackupRequest } from '../backup/request.ts';
import { walk } from '../backup/walk.ts';
import { looksSecret } from '../credentials/looks-secret.ts';
import { readVault } from '../credentials/vault.ts';
import { mountGaps, projectItems, targetItems } from '../run/backup-request.ts';
import { evidenceOf, type Journal } from '../run/journal.ts';
import { keepPresent } from '../run/keep-present.ts';
import type { RunRecord } from '../run/run-record.ts';
import type { System } from '../system.ts';
import { isGap, keyOf } from './compare.ts';
import { isAsInBackup, type RollbackPlace } from './place.ts';
import { placesOf, type RollbackPreview } from './preview.ts';

/**
 * The present is kept before anything changes, so that the rollback can itself be taken back: by the first such backup.
 * Going on with a rollback keeps the present again, since somebody may have worked in it meanwhile.
 */
export async function savePresent(
  system: System,
  home: AgentHome,
  record: RunRecord,
  journal: Journal,
  preview: RollbackPreview,
): Promise<string | undefined> {
  const { home: place, projects } = preview;
  const before = evidenceOf(journal.entries, 'save-present') as { path: string } | undefined;
  const changing = placesOf(preview).filter((one) => !isAsInBackup(one));
  if (changing.every(({ path }) => system.lstat(path) === undefined)) return before?.path;
  const kind = before === undefined ? 'before-rollback' : 'manual';
  journal.add({ type: 'intent', step: 'save-present' });
  const present = presentOf(system, [place, ...projects.filter((one) => changing.includes(one))]);
  const kept = await keepPresent(system, home, place.path, {
    kind,
    ...present,
    knownSecrets: presentSecrets(system, place.path),
    parent: record.backups,
    run: record.id,
    note: `before rolling back to ${preview.backup.manifest.id}`,
    requiredFiles: [],
    patterns: looksSecret,
    attributes: true,
  });
  const saved = before ?? kept;
  journal.add({ type: 'done', step: 'save-present', data: saved });
  return saved.path;
}

/** What is there now, as parts of a backup. */
function presentOf(
  system: System,
  places: readonly RollbackPlace[],
): Pick<BackupRequest, 'roots' | 'items' | 'gaps' | 'allowUnreadable'> {
  const found = places.map((place) => {
    const { root: id, path } = place;
    const present = system.lstat(path) !== undefined;
    return { place, root: { id, path, present }, ...(present ? walk(system, path) : NOTHING) };
  });
  return {
    roots: found.map(({ root }) => root),
    items: found.flatMap(({ place, entries }) =>
      place.root === 'target' ? targetItems({ entries }) : projectItems(place.root, entries),
    ),
    gaps: found.flatMap(({ place, notCrossed }) => mountGaps(place.root, notCrossed)),
    // What the backup could not hold is left alone by the rollback, so that it needs no copy now.
    allowUnreadable: found.every(({ place, unreadable }) =>
      unreadable.every(({ rel }) => isGap(keyOf(rel), place.gaps)),
    ),
  };
}

const NOTHING = { entries: [], unreadable: [], notCrossed: [] };

function presentSecrets(system: System, target: string): Secret[] {
  const read = (name: string) => {
    const path = join(target, name);
    return system.lstat(path)?.kind === 'file' ? system.readFile(path) : undefined;
  };
  try {
    const vault = readVault(read('credentials.key'), read('credentials.enc'));
    return vault.names().flatMap((name) => vault.get(name) ?? []);
  } catch (error) {
    if (error instanceof AppError) return [];
    throw error;
  }
}
