/**
 * Compact JWS (RFC 7515) of one algorithm, one header and one spelling. jose verifies the signature; what it would let
 * pass is refused here: other spellings of base64url and of `typ`, further or repeated members, an `aud` list, a life of
 * years, a signature from the future.
 *
 * Order: size, parts, header, key, signature, issuer and audience, times, claims. What comes after (epoch, sequence, body)
 * belongs to the kinds of messages.
 */
import { sign as signBytes } from 'node:crypto';
import { errors, jwtVerify } from 'jose';
import { isBase64url, toBase64url } from './base64url.ts';
import { seconds } from './clock.ts';
import { type KeyPair, type PublicJwk, publicKey, thumbprint } from './keys.ts';
import { type RejectCode, type Result, reject } from './reject-codes.ts';
import { fits, type Schema } from './schema.ts';
import { parseStrictJson } from './strict-json.ts';
import type { TypeRow } from './types.ts';

const ALG = 'Ed25519';

type Claims = Readonly<Record<string, unknown>>;

/** Whose message it must be, for whom, and when it is now. */
export interface Expected {
  readonly key: PublicJwk;
  readonly issuer: string;
  readonly audience: string;
  readonly now: Date;
}

/**
 * The JWS of these claims.
 * @throws Error (a fault of ours) if it would be larger than its readers take
 */
export function sign(row: TypeRow, claims: Claims, key: KeyPair): string {
  const header = toBase64url(JSON.stringify({ alg: ALG, typ: row.typ, kid: key.kid }));
  const input = `${header}.${toBase64url(JSON.stringify(claims))}`;
  const jws = `${input}.${toBase64url(signBytes(null, Buffer.from(input), key.privateKey))}`;
  if (jws.length > row.maxBytes) throw new Error(`${row.typ} of ${jws.length} bytes, over ${row.maxBytes}`);
  return jws;
}

/** The claims of a JWS that is exactly what is expected. Never throws for what somebody sent. */
export async function verify<T>(
  raw: string,
  row: TypeRow,
  schema: Schema<T>,
  expected: Expected,
): Promise<Result<{ readonly claims: T }>> {
  if (raw.length > row.maxBytes) return reject('BAD_SIGNATURE');
  const parts = read(raw);
  if (parts === undefined) return reject('BAD_SIGNATURE');
  const wrong = refuseHeader(parts.header, row.typ, thumbprint(expected.key));
  if (wrong !== undefined) return reject(wrong);
  try {
    await jwtVerify(raw, publicKey(expected.key), {
      algorithms: [ALG],
      typ: row.typ,
      issuer: expected.issuer,
      audience: expected.audience,
      requiredClaims: row.claims.filter((name) => name === 'iat' || name === 'exp'),
      currentDate: expected.now,
      clockTolerance: row.graceS ?? 0,
    });
  } catch (error) {
    return reject(codeOf(error));
  }
  const { claims } = parts;
  if (typeof claims['aud'] !== 'string') return reject('WRONG_AUDIENCE');
  const late = refuseTimes(claims, row, seconds(expected.now));
  if (late !== undefined) return reject(late);
  return fits(schema, claims) ? { ok: true, claims } : reject('BAD_PARAMS');
}

/**
 * What a JWS claims, with nothing verified. Only for finding the certificate that a challenge brings along.
 * Returns undefined if it is not a JWS in its one spelling.
 */
export function unverifiedClaims(raw: string): Claims | undefined {
  return read(raw)?.claims;
}

function read(raw: string): { header: Claims; claims: Claims } | undefined {
  const parts = raw.split('.');
  if (parts.length !== 3 || !parts.every(isBase64url)) return undefined;
  const [header, claims] = parts.map((part) => parseStrictJson(Buffer.from(part, 'base64url')));
  return isObject(header) && isObject(claims) ? { header, claims } : undefined;
}

function isObject(value: unknown): value is Claims {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refuseHeader(header: Claims, typ: string, kid: string): RejectCode | undefined {
  if (Object.keys(header).sort().join() !== 'alg,kid,typ' || header['alg'] !== ALG) return 'BAD_SIGNATURE';
  if (header['typ'] !== typ) return 'WRONG_TYPE';
  return header['kid'] === kid ? undefined : 'BAD_SIGNATURE';
}

function codeOf(error: unknown): RejectCode {
  if (error instanceof errors.JWTExpired) return 'EXPIRED';
  if (!(error instanceof errors.JWTClaimValidationFailed)) return 'BAD_SIGNATURE';
  return error.claim === 'iss' || error.claim === 'aud' ? 'WRONG_AUDIENCE' : 'BAD_PARAMS';
}

/** The limits that jose does not know: a longest life, and how far ahead a signer's clock may be. */
function refuseTimes({ iat, exp }: Claims, row: TypeRow, now: number): RejectCode | undefined {
  if (row.aheadS !== undefined) {
    if (typeof iat !== 'number') return 'BAD_PARAMS';
    if (iat > now + row.aheadS) return 'CLOCK_SKEW';
  }
  if (row.lifeS !== undefined) {
    if (typeof iat !== 'number' || typeof exp !== 'number') return 'BAD_PARAMS';
    if (exp > iat + row.lifeS) return 'EXPIRED';
  }
  return undefined;
}
