import { dirname } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { bytesInWords } from '../../shared/words.ts';
import type { ReadSystem } from '../system.ts';

/** Tar header and manifest record of one entry, roughly. */
const PER_ENTRY = 1600;
const SPARE = 1 << 20;

/** Bytes that a backup of this many entries with this many bytes of content takes at most, roughly. */
export function roomNeeded(entries: number, bytes: number): number {
  return bytes + entries * PER_ENTRY + SPARE;
}

/** Throws DISK_FULL when the file system that holds (or will hold) `folder` has less than `needed` bytes free. */
export function checkRoom(system: ReadSystem, folder: string, needed: number): void {
  const available = freeAt(system, folder);
  if (available < needed) throw diskFull(folder, needed, available);
}

export function diskFull(path: string, needed: number, available: number, cause?: unknown): AppError {
  const params = { path, needed: bytesInWords(needed), available: bytesInWords(available) };
  return new AppError('DISK_FULL', params, { cause });
}

/** Free bytes at the nearest folder above that exists. */
export function freeAt(system: ReadSystem, folder: string): number {
  let existing = folder;
  while (!system.stat(existing) && dirname(existing) !== existing) existing = dirname(existing);
  return system.freeBytes(existing);
}
