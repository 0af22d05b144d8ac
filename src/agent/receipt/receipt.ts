import { createPublicKey, sign, verify } from 'node:crypto';
import type { CheckResult } from '../checks/check.ts';
import type { PlanContent } from '../plan/plan.ts';
import type { PackageProbe } from '../survey/package-probe.ts';
import type { ReceiptKey } from './receipt-key.ts';

/**
 * What a run found, did and left, signed at its end. Later it tells what changed since (drift) from what was wrong from
 * the start (defect). It holds no secret, and of files that may hold one only a keyed hash.
 */
export interface Receipt {
  readonly schema: 'awm/receipt/1';
  readonly run: string;
  readonly started: string;
  readonly finished: string;
  readonly tool: string;
  readonly source: string;
  readonly target: string;
  /** Digest of the plan that was carried out. */
  readonly plan: string | undefined;
  readonly fingerprint: string;
  readonly rules: PlanContent['rules'];
  readonly decisions: {
    readonly answered: PlanContent['decisions']['answered'];
    readonly safe: readonly string[];
  };
  readonly package: PackageProbe;
  readonly backup: ReceiptBackup;
  readonly checks: readonly CheckResult[];
  /** How many records the journal had. */
  readonly records: number;
  readonly before: {
    /** SHA-256 of the backup's manifest, which has the hash of every file; null where it was gone. */
    readonly manifest: string | null;
    /** The person's settings and other files of the clone, without logs and state. */
    readonly source: readonly FileHash[];
    readonly target: readonly FileHash[];
  };
  /** Every file of the new home, without logs and this receipt. */
  readonly after: readonly FileHash[];
  readonly signature: Signature;
}

export interface ReceiptBackup {
  readonly id: string;
  readonly path: string;
  readonly files: number;
  readonly bytes: number;
}

export interface FileHash {
  /** Below its root, as people read it. */
  readonly path: string;
  /** SHA-256, or where `keyed` HMAC-SHA256, in hex; null for what cannot be read. A link: of where it leads. */
  readonly sha256: string | null;
  readonly keyed?: true;
  /** Permission bits in octal, such as `600`. */
  readonly mode?: string;
}

interface Signature {
  readonly algorithm: 'Ed25519';
  /** The public key, 32 bytes in hex. */
  readonly key: string;
  /** 64 bytes in hex, over `signedBytes`. */
  readonly value: string;
}

export function signReceipt(receipt: Omit<Receipt, 'signature'>, key: ReceiptKey): Receipt {
  // As it is read back: members without a value are in no file.
  const plain = JSON.parse(JSON.stringify(receipt)) as Omit<Receipt, 'signature'>;
  const value = sign(null, signedBytes(plain), key.privateKey).toString('hex');
  return { ...plain, signature: { algorithm: 'Ed25519', key: key.id, value } };
}

/** Whether the signature is by the key that the receipt names. Whose key that is, the caller asks. */
export function isSigned({ signature, ...rest }: Receipt): boolean {
  if (!/^[0-9a-f]{64}$/.test(signature?.key) || !/^[0-9a-f]{128}$/.test(signature.value)) return false;
  const x = Buffer.from(signature.key, 'hex').toString('base64url');
  const key = createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x } });
  return verify(null, signedBytes(rest), key, Buffer.from(signature.value, 'hex'));
}

/** The members in the order of the file, without white space, after a line that says what it is. */
function signedBytes(receipt: Omit<Receipt, 'signature'>): Buffer {
  return Buffer.from(`migration receipt\n${JSON.stringify(receipt)}`);
}
