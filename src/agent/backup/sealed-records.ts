import type { ReadSystem } from '../system.ts';
import { ShapeError } from './fields.ts';
import { type BackupRecord, SEALED_MANIFEST, SEALED_PART } from './format.ts';
import type { BackupIdentity } from './identity.ts';
import { type Backup, damaged } from './read.ts';
import { parseRecord } from './record-codec.ts';
import { openSealed } from './seal.ts';
import { type TarEntry, TarError, TarReader } from './tar-read.ts';

const MAX_SECRET_MANIFEST = 256 << 20;

/** True when the backup has an encrypted part. */
export function isSealed(backup: Backup): boolean {
  return backup.manifest.parts.some(({ name }) => name === SEALED_PART);
}

/**
 * The full records (hashes, sizes, times, real names) of the sealed entries. Throws BACKUP_KEY_WRONG, BACKUP_DAMAGED.
 */
export async function sealedRecords(
  system: ReadSystem,
  backup: Backup,
  identity: BackupIdentity,
): Promise<BackupRecord[]> {
  if (!isSealed(backup)) return [];
  return readSealedTar(system, backup, identity, {});
}

export interface SealedEvents {
  entry?(entry: TarEntry): void;
  data?(slice: Buffer): void;
  end?(): void;
}

/**
 * Decrypts and reads the whole sealed tar, tells of its entries (but for the manifest) in order, and returns the records
 * of its manifest. Memory stays flat but for the records. Throws BACKUP_KEY_WRONG, BACKUP_DAMAGED.
 */
export async function readSealedTar(
  system: ReadSystem,
  backup: Backup,
  identity: BackupIdentity,
  events: SealedEvents,
): Promise<BackupRecord[]> {
  let inManifest = false;
  let manifest: Buffer[] | undefined;
  const reader = new TarReader({
    entry(entry) {
      inManifest = entry.name === SEALED_MANIFEST;
      if (!inManifest) return events.entry?.(entry);
      if (entry.size > MAX_SECRET_MANIFEST) throw new TarError(`${SEALED_MANIFEST} is too large to be one`);
      manifest = [];
    },
    data(slice) {
      if (inManifest) manifest?.push(Buffer.from(slice));
      else events.data?.(slice);
    },
    end() {
      if (!inManifest) events.end?.();
    },
  });
  const sealed = { path: backup.path, recipient: backup.manifest.recipient ?? 'another identity' };
  try {
    await openSealed(system, sealed, identity, (piece) => reader.write(piece));
    reader.finish();
    if (!manifest) throw new TarError(`${SEALED_MANIFEST} is missing`);
    const lines = Buffer.concat(manifest).toString('utf8').split('\n');
    return lines.filter((line) => line !== '').map(parseRecord);
  } catch (error) {
    if (error instanceof TarError || error instanceof ShapeError)
      throw damaged(backup.path, `the content of ${SEALED_PART} is damaged: ${error.message}`);
    throw error;
  }
}
