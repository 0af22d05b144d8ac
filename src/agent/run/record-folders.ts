import { join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { ReadSystem } from '../system.ts';

/** Name of the record in the folder of each run, of whichever kind. */
export const RECORD = 'run.json';

/** A run of which nobody can tell any more what it was. */
export interface DamagedRecord {
  readonly id: string;
  readonly folder: string;
  /** Its record. */
  readonly path: string;
}

export interface RecordFolders<T> {
  /** Newest first. */
  readonly whole: readonly T[];
  /** Newest first. */
  readonly damaged: readonly DamagedRecord[];
}

/**
 * The records of all runs below `parent`. A damaged one does not keep the others from being used; who must know of every
 * run asks `refuseDamaged`.
 */
export function readRecordFolders<T extends { readonly id: string }>(
  system: ReadSystem,
  parent: string,
  isWhole: (value: Partial<T>) => boolean,
): RecordFolders<T> {
  const whole: T[] = [];
  const damaged: DamagedRecord[] = [];
  for (const id of namesIn(system, parent)) {
    const folder = join(parent, id);
    const path = join(folder, RECORD);
    const record = readRecordFile<T>(system, path, id, isWhole);
    if (record === undefined) damaged.push({ id, folder, path });
    else whole.push(record);
  }
  return { whole, damaged };
}

/** Undefined for a record that is no whole one, or that belongs to another run. */
export function readRecordFile<T extends { readonly id: string }>(
  system: ReadSystem,
  path: string,
  id: string,
  isWhole: (value: Partial<T>) => boolean,
): T | undefined {
  if (system.lstat(path)?.kind !== 'file') return undefined;
  const record = parseObject(system.readFile(path)) as Partial<T> | undefined;
  return record?.id === id && isWhole(record) ? (record as T) : undefined;
}

/** Names of the folders with a record, whole or not, newest first. */
export function namesIn(system: ReadSystem, parent: string): string[] {
  if (system.stat(parent)?.kind !== 'folder') return [];
  return system
    .readFolder(parent)
    .filter(({ kind }) => kind === 'folder')
    .map(({ name }) => String(name))
    .filter((name) => system.lstat(join(parent, name, RECORD)) !== undefined)
    .sort()
    .reverse();
}

/** Undefined for bytes that are no JSON object. */
export function parseObject(bytes: Buffer): object | undefined {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

export function damageOf({ id, folder, path }: DamagedRecord): AppError {
  return new AppError('RUN_RECORD_DAMAGED', { run: id, folder }, { file: path });
}

/** @throws RUN_RECORD_DAMAGED for the newest */
export function refuseDamaged([newest]: readonly DamagedRecord[]): void {
  if (newest !== undefined) throw damageOf(newest);
}
