import { join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { AgentHome } from '../agent-home.ts';
import { type BackupIdentity, identityPath, loadIdentity } from '../backup/identity.ts';
import { type Backup, readBackup, sealedRecords } from '../backup/restore.ts';
import { isSealed } from '../backup/sealed-records.ts';
import { verifyBackup } from '../backup/verify.ts';
import { displayPath } from '../paths.ts';
import { replacedFor } from '../references/take-back.ts';
import { setUpFor } from '../setup/take-back.ts';
import type { System } from '../system.ts';
import { type ChangedSetting, changedSettings } from './changed-settings.ts';
import { keyOf } from './compare.ts';
import { type NewerItem, newerContents } from './newer-contents.ts';
import { newerWork } from './newer-work.ts';
import { comparePlace, type RollbackPlace } from './place.ts';
import { compareState, type ProjectsState } from './project-state.ts';
import { chosenProjects, coverOf, FULL, namedPaths, type Selection, wrong } from './selection.ts';

/** Everything that a rollback would do, before it does anything. */
export interface RollbackPreview {
  readonly backup: Backup;
  readonly selection: Selection;
  readonly home: RollbackPlace;
  /** The state of projects that were chosen; nothing else of a project is ever written. */
  readonly projects: readonly RollbackPlace[];
  /** Files of the home that were made or changed after the migration, as far as they are touched. */
  readonly newer: readonly string[];
  /** Projects that were registered and secrets that were stored since, with what becomes of each. */
  readonly newerItems: readonly NewerItem[];
  /** Projects' state files: left as they are, whatever the backup says, but for the projects that were chosen. */
  readonly state: ProjectsState;
  /** Files outside of the home in which lines were replaced: they get their bytes back where nobody changed them since. */
  readonly references: readonly string[];
  /** What the final setup installed or moved aside: goes, or returns, where nobody changed it since. */
  readonly setup: readonly string[];
  /** Settings that were changed in the home since the migration, as the old installation would say them. */
  readonly settings: readonly ChangedSetting[];
  readonly identity: BackupIdentity | undefined;
}

/** All that a rollback may write to. */
export function placesOf({ home, projects }: RollbackPreview): readonly RollbackPlace[] {
  return [home, ...projects];
}

/**
 * Reads and verifies the whole backup and compares it with the present. Writes nothing. `key` opens the encrypted part
 * instead of the identity of this machine.
 * @throws BACKUP_NOT_FOUND, BACKUP_INCOMPLETE, BACKUP_DAMAGED, BACKUP_VERSION, BACKUP_KEY_MISSING, BACKUP_KEY_WRONG,
 *   KEY_NOT_OF_BACKUP, ROLLBACK_SELECTION for something that is neither in the backup nor there now
 */
export async function previewRollback(
  system: System,
  home: AgentHome,
  path: string,
  selection: Selection = FULL,
  key?: BackupIdentity,
): Promise<RollbackPreview> {
  const backup = readBackup(system, path);
  const identity = await identityFor(system, home, backup, key);
  const report = await verifyBackup(system, path, identity);
  const failed = report.checks.find((check) => !check.ok);
  if (failed !== undefined) {
    throw new AppError('BACKUP_DAMAGED', {
      backup: backup.manifest.id,
      reason: `${failed.name}: ${failed.reason ?? ''}`,
    });
  }
  const { roots, gaps, kind, run, attributes } = backup.manifest;
  const keepsAttributes = attributes === 'kept';
  const root = roots.find(({ id }) => id === 'target');
  if (root === undefined) {
    throw new AppError('BACKUP_INCOMPLETE', {
      backup: backup.manifest.id,
      reason: 'it holds no configuration home',
    });
  }
  const records = await fullRecords(system, backup, identity);
  const covers = coverOf(selection);
  const target = comparePlace(system, root, records, gaps, covers, keepsAttributes);
  refuseMissing(system, selection, target);
  // What a rollback kept before it began is put back whole, the state of projects too.
  const chosen =
    kind === 'before-rollback' && selection.type === 'full'
      ? roots.filter(({ id }) => id.startsWith('project-'))
      : chosenProjects(selection, roots);
  const projects = chosen.map((one) => comparePlace(system, one, records, gaps, () => true, keepsAttributes));
  const isFull = selection.type === 'full';
  return {
    backup,
    selection,
    home: target,
    projects,
    newer: newerTouched(run === undefined ? [] : (newerWork(system, home.run(run), root.path) ?? []), target),
    newerItems: kind === 'before-migration' && isFull ? newerContents(system, home, run, target, backup) : [],
    state: compareState(system, backup, new Set(chosen.map(({ id }) => id))),
    references: kind === 'before-migration' && isFull ? replacedFor(system, home, root.path) : [],
    setup: kind === 'before-migration' && isFull ? setUpFor(system, home, root.path) : [],
    settings:
      kind === 'before-migration' && selection.type !== 'selective'
        ? changedSettings(system, root.path, roots.find(({ id }) => id === 'source')?.path ?? '')
        : [],
    identity,
  };
}

/** A name that was mistyped must not end as "nothing to do". */
function refuseMissing(system: System, selection: Selection, { path, records }: RollbackPlace): void {
  for (const named of namedPaths(selection)) {
    const isHeld = records.some(({ rel }) => {
      const name = displayPath(rel);
      return name === named || name.startsWith(`${named}/`);
    });
    if (!isHeld && system.lstat(join(path, named)) === undefined)
      throw wrong(`"${named}" is neither in the backup nor in the configuration home`);
  }
}

function newerTouched(newer: readonly string[], { covers }: RollbackPlace): string[] {
  return newer.filter((path) => covers(Buffer.from(path).toString('latin1')));
}

async function identityFor(
  system: System,
  home: AgentHome,
  backup: Backup,
  key: BackupIdentity | undefined,
): Promise<BackupIdentity | undefined> {
  const path = key?.path ?? identityPath(home.path);
  const identity = key ?? (await loadIdentity(system, path));
  if (!isSealed(backup)) return identity;
  if (identity === undefined) throw new AppError('BACKUP_KEY_MISSING', { path });
  const { id, recipient = '', otherRecipients = [] } = backup.manifest;
  if (![recipient, ...otherRecipients].includes(identity.recipient)) {
    const code = key === undefined ? 'BACKUP_KEY_WRONG' : 'KEY_NOT_OF_BACKUP';
    throw new AppError(code, { path, backup: id, recipient });
  }
  return identity;
}

async function fullRecords(system: System, backup: Backup, identity: BackupIdentity | undefined) {
  const sealed =
    identity !== undefined && isSealed(backup) ? await sealedRecords(system, backup, identity) : [];
  const opened = new Set(sealed.map((record) => `${record.root}/${keyOf(record.rel)}`));
  const plain = backup.records.filter(
    (record) => record.part !== 'credentials.age' && !opened.has(`${record.root}/${keyOf(record.rel)}`),
  );
  return [...plain, ...sealed];
}
