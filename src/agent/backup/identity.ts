import { dirname, join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { Secret } from '../../shared/secret.ts';
import { makeFolders, readTextIfThere, writeFileAtomic } from '../files.ts';
import type { ReadSystem, System } from '../system.ts';

/** The key pair of the encrypted part. It never leaves the machine and is used for nothing else. */
export interface BackupIdentity {
  /** `age1…`: public. */
  readonly recipient: string;
  /** `AGE-SECRET-KEY-1…`. */
  readonly identity: Secret;
  /** The file that `age -d -i` takes. */
  readonly path: string;
}

/** Where the identity lies in the agent's home. */
export function identityPath(agentHome: string): string {
  return join(agentHome, 'backup-identity.txt');
}

/**
 * The identity in the agent's home; a new one is written there (0600) when there is none. Throws BACKUP_KEY_WRONG when
 * the file is there but holds no X25519 identity: a new one would lock the person out of older backups.
 */
export async function loadOrCreateIdentity(system: System, agentHome: string): Promise<BackupIdentity> {
  const found = await loadIdentity(system, identityPath(agentHome));
  return found ?? createIdentity(system, identityPath(agentHome));
}

/**
 * The identity in a file of the standard age tool (comment lines and one `AGE-SECRET-KEY-1…`); undefined if there is no
 * such file. Throws BACKUP_KEY_WRONG if it holds none.
 */
export async function loadIdentity(system: ReadSystem, path: string): Promise<BackupIdentity | undefined> {
  const text = readTextIfThere(system, path);
  return text === undefined ? undefined : identityIn(text, path);
}

/** The identity in the text of such a file. Throws BACKUP_KEY_WRONG if it holds none. */
export async function identityIn(text: string, path: string): Promise<BackupIdentity> {
  const lines = text.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#'));
  const [line] = lines;
  const unusable = { path, backup: 'of this machine', recipient: 'another identity' };
  if (lines.length !== 1 || !line?.startsWith('AGE-SECRET-KEY-1'))
    throw new AppError('BACKUP_KEY_WRONG', unusable);
  const { identityToRecipient } = await import('age-encryption');
  try {
    return { recipient: await identityToRecipient(line), identity: identitySecret(line), path };
  } catch {
    // The library's message could hold a part of the line.
    throw new AppError('BACKUP_KEY_WRONG', unusable);
  }
}

/** The file of an identity, as `age-keygen` writes it but for the time. Holds the secret. */
export function identityText({ recipient, identity }: BackupIdentity): string {
  return `# public key: ${recipient}\n${identity.reveal().toString('utf8')}\n`;
}

/** Like `loadIdentity`; throws BACKUP_KEY_MISSING when there is no such file. */
export async function requireIdentity(system: ReadSystem, path: string): Promise<BackupIdentity> {
  const identity = await loadIdentity(system, path);
  if (!identity) throw new AppError('BACKUP_KEY_MISSING', { path });
  return identity;
}

async function createIdentity(system: System, path: string): Promise<BackupIdentity> {
  const { generateX25519Identity, identityToRecipient } = await import('age-encryption');
  const line = await generateX25519Identity();
  const identity = { recipient: await identityToRecipient(line), identity: identitySecret(line), path };
  writeIdentity(system, identity);
  return identity;
}

/** Writes an identity to its place, 0600; nothing may be there. */
export function writeIdentity(system: System, identity: BackupIdentity): void {
  const created = system
    .now()
    .toISOString()
    .replace(/\.\d+Z$/, 'Z');
  makeFolders(system, dirname(identity.path));
  writeFileAtomic(system, identity.path, `# created: ${created}\n${identityText(identity)}`);
}

function identitySecret(line: string): Secret {
  return new Secret('BACKUP_IDENTITY', line);
}
