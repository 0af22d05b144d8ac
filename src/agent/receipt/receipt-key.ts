import { hkdfSync, type KeyObject } from 'node:crypto';
import { dirname, join } from 'node:path';
import { exportPrivate, importPrivate, newKey } from '../../protocol/keys.ts';
import { Secret } from '../../shared/secret.ts';
import type { AgentHome } from '../agent-home.ts';
import { makeFolders, readTextIfThere, writeFileAtomic } from '../files.ts';
import type { ReadSystem, System } from '../system.ts';

/** What signs the receipts of this computer. It signs nothing else, and is not the key of the channel. */
export interface ReceiptKey {
  readonly privateKey: KeyObject;
  /** The 32 bytes of the public key, in hex: receipts name their key by it. */
  readonly id: string;
  /** For the hashes of files that may hold a secret: a plain hash of a short one could be guessed. */
  readonly hashKey: Buffer;
}

export function receiptKeyPath(home: AgentHome): string {
  return join(home.path, 'receipt-key.pem');
}

/** The key of this computer, made (0600) where there is none. @throws KEY_INVALID */
export function loadOrCreateReceiptKey(system: System, home: AgentHome): ReceiptKey {
  const found = loadReceiptKey(system, home);
  if (found !== undefined) return found;
  const path = receiptKeyPath(home);
  makeFolders(system, dirname(path));
  writeFileAtomic(system, path, exportPrivate(newKey(), 'RECEIPT_KEY').reveal());
  return loadReceiptKey(system, home) as ReceiptKey;
}

/** Undefined where no receipt was ever signed here. @throws KEY_INVALID */
export function loadReceiptKey(system: ReadSystem, home: AgentHome): ReceiptKey | undefined {
  const text = readTextIfThere(system, receiptKeyPath(home));
  if (text === undefined) return undefined;
  const { privateKey, publicJwk } = importPrivate(new Secret('RECEIPT_KEY', text));
  const seed = privateKey.export({ format: 'der', type: 'pkcs8' });
  return {
    privateKey,
    id: Buffer.from(publicJwk.x, 'base64url').toString('hex'),
    hashKey: Buffer.from(hkdfSync('sha256', seed, '', 'awm/receipt/1 hashes of files', 32)),
  };
}
