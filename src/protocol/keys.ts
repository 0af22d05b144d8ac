import { createPrivateKey, createPublicKey, generateKeyPairSync, hash, type KeyObject } from 'node:crypto';
import { AppError } from '../shared/errors.ts';
import { Secret } from '../shared/secret.ts';
import { isBase64url } from './base64url.ts';

/** The public half of an Ed25519 key in its one spelling (RFC 8037 §2): no other member, no other spelling of `x`. */
export interface PublicJwk {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  /** 32 bytes, base64url. */
  readonly x: string;
}

/** RFC 7638 thumbprint of a public key: 43 characters of base64url. It is the `kid` of everything that the key signs. */
export type Thumbprint = string;

export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicJwk: PublicJwk;
  readonly kid: Thumbprint;
}

export function newKey(): KeyPair {
  return pairOf(generateKeyPairSync('ed25519').privateKey);
}

/**
 * A public key that somebody else named. jose takes altered trailing bits of `x`, which give the same key another
 * thumbprint; so `x` must be what its bytes encode to, and there must be nothing else.
 * @throws KEY_INVALID
 */
export function parsePublicJwk(value: unknown): PublicJwk {
  const problem = problemOf(value);
  if (problem !== undefined) throw new AppError('KEY_INVALID', { reason: problem });
  const { kty, crv, x } = value as PublicJwk;
  return { kty, crv, x };
}

function problemOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return 'it is not a JSON object';
  if (Object.keys(value).sort().join() !== 'crv,kty,x') return 'its members must be exactly kty, crv and x';
  const { kty, crv, x } = value as Record<string, unknown>;
  if (kty !== 'OKP' || crv !== 'Ed25519') return 'it is not an Ed25519 key';
  if (typeof x !== 'string' || !isBase64url(x)) return 'x is not base64url in its one spelling';
  return Buffer.from(x, 'base64url').length === 32 ? undefined : 'x is not 32 bytes long';
}

export function isPublicJwk(value: unknown): value is PublicJwk {
  return problemOf(value) === undefined;
}

/** RFC 7638 §3: SHA-256 over the required members in the order of their names. */
export function thumbprint({ crv, kty, x }: PublicJwk): Thumbprint {
  return hash('sha256', JSON.stringify({ crv, kty, x }), 'base64url');
}

const publicKeys = new WeakMap<PublicJwk, KeyObject>();

/** The key for the verifying library; made once for each object, since that costs more than a signature. */
export function publicKey(jwk: PublicJwk): KeyObject {
  let key = publicKeys.get(jwk);
  if (key === undefined) {
    const { kty, crv, x } = jwk;
    key = createPublicKey({ format: 'jwk', key: { kty, crv, x } });
    publicKeys.set(jwk, key);
  }
  return key;
}

/** PKCS #8 in PEM, for a file that only its owner can read. `name` is what the secret prints as. */
export function exportPrivate(key: KeyPair, name: string): Secret {
  return new Secret(name, key.privateKey.export({ format: 'pem', type: 'pkcs8' }));
}

/** @throws KEY_INVALID if the text is not an Ed25519 private key; the message never holds any of it */
export function importPrivate(text: Secret): KeyPair {
  let key: KeyObject;
  try {
    key = createPrivateKey({ format: 'pem', key: text.reveal() });
  } catch {
    throw new AppError('KEY_INVALID', { reason: `${text.name} is not a private key in PEM` });
  }
  if (key.asymmetricKeyType !== 'ed25519')
    throw new AppError('KEY_INVALID', { reason: `${text.name} is not an Ed25519 key` });
  return pairOf(key);
}

function pairOf(privateKey: KeyObject): KeyPair {
  const { kty, crv, x } = createPublicKey(privateKey).export({ format: 'jwk' });
  const publicJwk = parsePublicJwk({ kty, crv, x });
  return { privateKey, publicJwk, kid: thumbprint(publicJwk) };
}
