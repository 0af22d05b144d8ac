/**
 * Fernet tokens (spec: github.com/fernet/spec, Spec.md), as Python's `cryptography.fernet.Fernet` writes and reads them:
 *
 * - A key is 32 bytes as URL-safe base64: the first 16 sign, the last 16 encrypt.
 * - A token is the URL-safe base64, with padding, of: version 0x80 · seconds since 1970 as 64-bit big-endian · 16-byte IV ·
 *   AES-128-CBC ciphertext with PKCS #7 padding · HMAC-SHA256 of all that comes before it.
 */
import { createCipheriv, createDecipheriv, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { AppError } from '../../shared/errors.ts';

const VERSION = 0x80;
const BLOCK = 16;
const HEADER = 1 + 8 + BLOCK;
const MAC = 32;
const KEY_TEXT = /^[A-Za-z0-9_-]{43}=\n?$/;

/** A new key: 44 ASCII characters, as they stand in `credentials.key`. */
export function newFernetKey(): Buffer {
  return Buffer.from(encode(randomBytes(32)), 'ascii');
}

/** True for the 44 characters of a key; one newline after them is no harm, since Python ignores it too. */
export function isFernetKey(key: Buffer): boolean {
  return keyBytes(key) !== undefined;
}

/**
 * The token that holds `plain`. `iv` (16 bytes) is random unless a test gives it.
 * Throws CREDENTIALS_DAMAGED when `key` is not a Fernet key.
 */
export function encryptFernet(
  key: Buffer,
  plain: Uint8Array,
  now: Date,
  iv: Buffer = randomBytes(BLOCK),
): string {
  const secret = keyBytes(key);
  if (secret === undefined) throw new AppError('CREDENTIALS_DAMAGED', { reason: 'the key is no Fernet key' });
  const head = Buffer.alloc(9);
  head.writeUInt8(VERSION, 0);
  head.writeBigUInt64BE(BigInt(Math.floor(now.getTime() / 1000)), 1);
  const cipher = createCipheriv('aes-128-cbc', secret.subarray(16), iv);
  const signed = Buffer.concat([head, iv, cipher.update(plain), cipher.final()]);
  return encode(Buffer.concat([signed, sign(secret, signed)]));
}

/**
 * The exact bytes in `token`, or undefined when anything at all is wrong: the key, the base64 (which has to be the one
 * spelling that encoding gives), the version, the signature, the length, the padding. Its age does not matter, as for
 * Python's `decrypt(token)` without a `ttl`. Never throws.
 */
export function decryptFernet(key: Buffer, token: string): Buffer | undefined {
  const secret = keyBytes(key);
  const bytes = Buffer.from(token, 'base64url');
  if (secret === undefined || encode(bytes) !== token) return undefined;
  const cipherLength = bytes.length - HEADER - MAC;
  if (cipherLength < BLOCK || cipherLength % BLOCK !== 0 || bytes[0] !== VERSION) return undefined;
  const signed = bytes.subarray(0, bytes.length - MAC);
  if (!timingSafeEqual(sign(secret, signed), bytes.subarray(bytes.length - MAC))) return undefined;
  const decipher = createDecipheriv('aes-128-cbc', secret.subarray(16), bytes.subarray(9, HEADER));
  try {
    return Buffer.concat([decipher.update(signed.subarray(HEADER)), decipher.final()]);
  } catch {
    return undefined; // The padding is wrong; signed bytes leave no other cause.
  }
}

function keyBytes(key: Buffer): Buffer | undefined {
  const text = key.toString('latin1');
  if (!KEY_TEXT.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  return encode(bytes) === text.trimEnd() ? bytes : undefined;
}

function sign(secret: Buffer, signed: Buffer): Buffer {
  return createHmac('sha256', secret.subarray(0, 16)).update(signed).digest();
}

/** Node's `base64url` leaves the padding out; the spec wants it. */
function encode(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}
