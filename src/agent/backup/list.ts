import { AppError } from '../../shared/errors.ts';
import type { ReadSystem } from '../system.ts';
import { type BackupKind, PARTIAL_SUFFIX } from './format.ts';
import { isBackupName } from './names.ts';
import { readManifestFile } from './read.ts';

export interface ListedBackup {
  readonly id: string;
  readonly path: string;
  readonly complete: boolean;
  /** Undefined where the manifest cannot be read. */
  readonly kind?: BackupKind;
  /** ISO 8601, UTC. */
  readonly created?: string;
  readonly files?: number;
  /** Of the plain files; sealed sizes are not told. */
  readonly bytes?: number;
  /** How many of the files are encrypted. */
  readonly sealed?: number;
  /** Why it is not complete. */
  readonly reason?: string;
}

/**
 * The backups in a folder, newest first (by the time in their names). Only their manifests are looked at. Anything that
 * does not have a backup's name is passed over; a folder that is missing or cannot be listed gives an empty list.
 */
export function listBackups(system: ReadSystem, parent: string): ListedBackup[] {
  return names(system, parent)
    .sort((a, b) => compareBackupNames(b, a))
    .map((name) => look(system, `${parent}/${name}`, name));
}

function names(system: ReadSystem, parent: string): string[] {
  try {
    if (system.stat(parent)?.kind !== 'folder') return [];
    return system
      .readFolder(parent)
      .filter(({ kind }) => kind === 'folder')
      .map(({ name }) => name)
      .filter((name) => typeof name === 'string')
      .filter((name) => isBackupName(withoutSuffix(name)));
  } catch {
    return [];
  }
}

function look(system: ReadSystem, path: string, id: string): ListedBackup {
  try {
    const { manifest } = readManifestFile(system, path);
    const { kind, created, counts, bytes } = manifest;
    return { id, path, complete: true, kind, created, files: counts.files, bytes, sealed: counts.sealed };
  } catch (error) {
    const reason =
      error instanceof AppError ? String(error.params['reason'] ?? error.message) : 'it cannot be read';
    return { id, path, complete: false, reason };
  }
}

/** By the time in their names, and the number that tells backups of one second apart; older first. */
export function compareBackupNames(a: string, b: string): number {
  const [timeA, numberA] = order(a);
  const [timeB, numberB] = order(b);
  return timeA < timeB ? -1 : timeA > timeB ? 1 : numberA - numberB;
}

function order(name: string): [string, number] {
  const [, , date = '', time = '', number = '1'] = withoutSuffix(name).split('-');
  return [`${date}-${time}`, Number(number)];
}

function withoutSuffix(name: string): string {
  return name.endsWith(PARTIAL_SUFFIX) ? name.slice(0, -PARTIAL_SUFFIX.length) : name;
}
