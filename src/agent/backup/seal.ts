import { createHash } from 'node:crypto';
import { AppError } from '../../shared/errors.ts';
import type { ReadSystem, System } from '../system.ts';
import { type FileEntry, SEALED_PART } from './format.ts';
import type { BackupIdentity } from './identity.ts';

const CHUNK = 256 << 10;

/**
 * Writes `credentials.age` into `folder`: the bytes, encrypted for each of `recipients` (age v1, one X25519 stanza each), as a stream.
 * The plain bytes never touch the disk.
 */
export async function sealBytes(
  system: System,
  folder: string,
  recipients: readonly string[],
  bytes: AsyncGenerator<Uint8Array>,
): Promise<FileEntry> {
  const { Encrypter } = await import('age-encryption');
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  const fd = system.createFile(`${folder}/${SEALED_PART}`, 0o600);
  try {
    const sum = createHash('sha256');
    let size = 0;
    for await (const chunk of await encrypter.encrypt(ReadableStream.from(bytes))) {
      system.write(fd, chunk, size);
      sum.update(chunk);
      size += chunk.length;
    }
    system.syncData(fd);
    return { name: SEALED_PART, size, sha256: sum.digest('hex') };
  } finally {
    system.close(fd);
  }
}

export interface SealedBackup {
  /** The backup's folder. */
  readonly path: string;
  readonly recipient: string;
}

/**
 * Decrypts `credentials.age` piece by piece; each piece is authentic when it arrives. Throws BACKUP_KEY_WRONG when the
 * identity is another one, BACKUP_DAMAGED when the file is altered or cut short (then pieces may have come before).
 */
export async function openSealed(
  system: ReadSystem,
  backup: SealedBackup,
  identity: BackupIdentity,
  take: (piece: Uint8Array) => void | Promise<void>,
): Promise<void> {
  const { Decrypter } = await import('age-encryption');
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity.identity.reveal().toString('utf8'));
  const source = pieces(system, `${backup.path}/${SEALED_PART}`);
  let plain: AsyncIterable<Uint8Array>;
  try {
    plain = await decrypter.decrypt(ReadableStream.from(source));
  } catch (error) {
    throw openFailure(error, backup, identity);
  }
  // Apart from the reader's own failures: those go through as they are.
  const reader = plain[Symbol.asyncIterator]();
  for (;;) {
    const step = await nextPiece(reader, backup, identity);
    if (step.done) return;
    await take(step.value);
  }
}

/** Returns when `identity` opens `credentials.age` of this backup; throws like `openSealed` otherwise. */
export async function proveIdentity(
  system: ReadSystem,
  backup: SealedBackup,
  identity: BackupIdentity,
): Promise<void> {
  await openSealed(system, backup, identity, () => undefined);
}

async function nextPiece(
  reader: AsyncIterator<Uint8Array>,
  backup: SealedBackup,
  identity: BackupIdentity,
): Promise<IteratorResult<Uint8Array>> {
  try {
    return await reader.next();
  } catch (error) {
    throw openFailure(error, backup, identity);
  }
}

async function* pieces(system: ReadSystem, path: string): AsyncGenerator<Uint8Array> {
  const fd = system.openRead(path);
  try {
    for (;;) {
      const piece = Buffer.allocUnsafe(CHUNK);
      const got = system.read(fd, piece, 0, CHUNK, null);
      if (got === 0) return;
      yield piece.subarray(0, got);
    }
  } finally {
    system.close(fd);
  }
}

function openFailure(error: unknown, backup: SealedBackup, identity: BackupIdentity): AppError {
  if (error instanceof AppError) return error;
  const name = backup.path.slice(backup.path.lastIndexOf('/') + 1);
  if (error instanceof Error && error.message.startsWith('no identity matched')) {
    const params = { path: identity.path, backup: name, recipient: backup.recipient };
    return new AppError('BACKUP_KEY_WRONG', params);
  }
  const reason = `${SEALED_PART} is altered, cut short or unreadable`;
  return new AppError('BACKUP_DAMAGED', { backup: name, reason });
}
