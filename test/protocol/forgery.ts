import { createHmac, sign as signBytes } from 'node:crypto';
import { toBase64url } from '../../src/protocol/base64url.ts';
import type { KeyPair } from '../../src/protocol/keys.ts';

/** Ways to make a JWS that ours would never make. */

/** A correctly signed JWS whose header and claims are exactly these texts. */
export function signTexts(header: string, claims: string, key: KeyPair): string {
  const input = `${toBase64url(header)}.${toBase64url(claims)}`;
  return `${input}.${toBase64url(signBytes(null, Buffer.from(input), key.privateKey))}`;
}

/** A JWS with its header or claims changed as data, and signed again by `key`. */
export function resign(jws: string, changes: { header?: object; claims?: object }, key: KeyPair): string {
  const { header, claims } = decode(jws);
  return signTexts(
    JSON.stringify({ ...header, ...changes.header }),
    JSON.stringify({ ...claims, ...changes.claims }),
    key,
  );
}

export function decode(jws: string): { header: Record<string, unknown>; claims: Record<string, unknown> } {
  const [header, claims] = jws.split('.').map((part) => Buffer.from(part, 'base64url').toString());
  return { header: JSON.parse(header as string), claims: JSON.parse(claims as string) };
}

/** The old trick: the public key taken for a shared secret. */
export function hs256(jws: string, secret: string | Buffer): string {
  const { header } = decode(jws);
  const [, claims] = jws.split('.');
  const input = `${toBase64url(JSON.stringify({ ...header, alg: 'HS256' }))}.${claims}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

/** The same bytes with other unused bits in the last character of a part, if it has any. */
export function otherSpelling(part: string): string | undefined {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  if (part.length % 4 === 0) return undefined;
  return part.slice(0, -1) + alphabet[alphabet.indexOf(part.at(-1) as string) + 1];
}
