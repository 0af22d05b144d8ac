import { hash } from 'node:crypto';
import { basename } from 'node:path';
import { AppError, hasErrno } from '../../shared/errors.ts';
import type { ReadSystem } from '../system.ts';
import { parseObject, ShapeError } from './fields.ts';
import {
  type BackupRecord,
  type FileEntry,
  MANIFEST_FILE,
  type Manifest,
  PARTIAL_SUFFIX,
  SUMS_FILE,
} from './format.ts';
import { isFormatVersion, manifestVersion, readManifest } from './manifest-codec.ts';
import { parseRecord } from './record-codec.ts';

const MAX_MANIFEST = 64 << 20;
const MAX_SHARD = 512 << 20;

export interface Backup {
  readonly path: string;
  readonly manifest: Manifest;
  /** Of sealed files only stubs: their full records come from `sealedRecords`. */
  readonly records: readonly BackupRecord[];
}

/**
 * A backup whose index is undamaged and whose parts are there in full length; their bytes are not read yet
 * (`verifyBackup` does). Throws BACKUP_NOT_FOUND, BACKUP_INCOMPLETE, BACKUP_VERSION or BACKUP_DAMAGED, the last naming
 * the part and what is wrong with it.
 */
export function readBackup(system: ReadSystem, path: string): Backup {
  const backup = readIndex(system, path);
  for (const part of [...backup.manifest.parts, ...backup.manifest.files]) {
    const problem = presenceProblem(system, path, part);
    if (problem) throw damaged(path, problem);
  }
  return backup;
}

/** Like `readBackup`, but does not look for the parts. */
export function readIndex(system: ReadSystem, path: string): Backup {
  const { bytes, manifest } = readManifestFile(system, path);
  const expected = sums(system, path).get(MANIFEST_FILE);
  if (expected !== hashOf(bytes))
    throw damaged(path, `${MANIFEST_FILE} does not have the hash that ${SUMS_FILE} tells`);
  const records = manifest.shards.flatMap((shard) => {
    const lines = linesOf(wholeFile(system, path, shard, MAX_SHARD));
    const records = Array.from(lines, (line, at) => recordOf(path, shard.name, line, at + 1));
    if (records.length !== shard.records) throw damaged(path, `${shard.name} has lost records`);
    return records;
  });
  return { path, manifest, records };
}

/** `manifest.json` alone, which is enough for a list. Throws like `readIndex`. */
export function readManifestFile(system: ReadSystem, path: string): { bytes: Buffer; manifest: Manifest } {
  const name = basename(path);
  if (system.stat(path)?.kind !== 'folder') throw new AppError('BACKUP_NOT_FOUND', { backup: name });
  if (name.endsWith(PARTIAL_SUFFIX))
    throw new AppError('BACKUP_INCOMPLETE', { backup: name, reason: 'its making was interrupted' });
  if (system.lstat(`${path}/${MANIFEST_FILE}`)?.kind !== 'file')
    throw new AppError('BACKUP_INCOMPLETE', { backup: name, reason: `${MANIFEST_FILE} is missing` });
  const bytes = reading(path, MANIFEST_FILE, () => system.readFile(`${path}/${MANIFEST_FILE}`, MAX_MANIFEST));
  try {
    const from = parseObject(bytes.toString('utf8'));
    const version = manifestVersion(from);
    if (typeof version === 'number' && !isFormatVersion(version))
      throw new AppError('BACKUP_VERSION', { backup: name, version });
    if (version === undefined) throw new ShapeError('formatVersion is missing');
    return { bytes, manifest: readManifest(from) };
  } catch (error) {
    if (error instanceof ShapeError) throw damaged(path, `${MANIFEST_FILE} is not usable: ${error.message}`);
    throw error;
  }
}

/** The hashes in SHA256SUMS by file name. */
export function sums(system: ReadSystem, path: string): Map<string, string> {
  const text = reading(path, SUMS_FILE, () => system.readFile(`${path}/${SUMS_FILE}`)).toString('utf8');
  const found = text.matchAll(/^([0-9a-f]{64}) {2}(.+)$/gm);
  return new Map([...found].map((match) => [match[2] as string, match[1] as string]));
}

/** Why a part cannot be whole, judged by its name and size alone; undefined if nothing speaks against it. */
export function presenceProblem(system: ReadSystem, path: string, entry: FileEntry): string | undefined {
  const stat = system.lstat(`${path}/${entry.name}`);
  if (stat?.kind !== 'file') return `${entry.name} is missing`;
  if (stat.size < entry.size)
    return `${entry.name} is cut short: ${stat.size} of ${entry.size} bytes are there`;
  return stat.size > entry.size ? `${entry.name} is longer than it was` : undefined;
}

export function damaged(path: string, reason: string): AppError {
  return new AppError('BACKUP_DAMAGED', { backup: basename(path), reason });
}

function wholeFile(system: ReadSystem, path: string, entry: FileEntry, limit: number): Buffer {
  const problem = presenceProblem(system, path, entry);
  if (problem) throw damaged(path, problem);
  const bytes = reading(path, entry.name, () => system.readFile(`${path}/${entry.name}`, limit));
  if (hashOf(bytes) !== entry.sha256) throw damaged(path, `${entry.name} is altered`);
  return bytes;
}

/** The lines that are not empty, one at a time. */
function* linesOf(bytes: Buffer): Generator<string> {
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(0x0a, at);
    const stop = end < 0 ? bytes.length : end;
    if (stop > at) yield bytes.toString('utf8', at, stop);
    at = stop + 1;
  }
}

function recordOf(path: string, shard: string, line: string, number: number): BackupRecord {
  try {
    return parseRecord(line);
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    throw damaged(path, `${shard} line ${number} is not usable: ${error.message}`);
  }
}

function reading(path: string, name: string, read: () => Buffer): Buffer {
  try {
    return read();
  } catch (error) {
    if (error instanceof AppError) throw damaged(path, `${name} is too large to be one`);
    if (hasErrno(error, 'ENOENT')) throw damaged(path, `${name} is missing`);
    if (error instanceof Error && 'code' in error)
      throw damaged(path, `${name} cannot be read (${String(error.code)})`);
    throw error;
  }
}

function hashOf(bytes: Buffer): string {
  return hash('sha256', bytes);
}
