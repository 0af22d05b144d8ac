import { seconds } from './clock.ts';
import { FORMS } from './ids.ts';
import { sign, verify } from './jws.ts';
import { isPublicJwk, type KeyPair, type PublicJwk, thumbprint } from './keys.ts';
import { TIMES } from './limits.ts';
import { type Result, reject } from './reject-codes.ts';
import { object, oneOf, text, time } from './schema.ts';
import { TYPES } from './types.ts';

const CLAIMS = object({
  iss: text(FORMS.bot),
  /** The bot again: it vouches for a part of itself. */
  aud: text(FORMS.bot),
  /** Thumbprint of `jwk`. */
  sub: text(FORMS.thumbprint),
  jwk: object({ kty: oneOf('OKP'), crv: oneOf('Ed25519'), x: text(FORMS.nonce) }),
  use: oneOf('hub'),
  iat: time,
  exp: time,
});

/** A hub process that the bot vouches for. */
export interface CertifiedHub {
  readonly jwk: PublicJwk;
  /** Seconds. */
  readonly expires: number;
}

/** The bot's word that a key is one of its hubs, for a day. */
export function signCertificate(hub: PublicJwk, botId: string, now: Date, bot: KeyPair): string {
  const iat = seconds(now);
  const exp = iat + TIMES.certificateLifeS;
  return sign(
    TYPES.certificate,
    { iss: botId, aud: botId, sub: thumbprint(hub), jwk: hub, use: 'hub', iat, exp },
    bot,
  );
}

/** The hub's key, if the pinned identity of the bot vouches for it. Of its times only the end is looked at, with grace. */
export async function verifyCertificate(
  raw: string,
  reader: { readonly bot: PublicJwk; readonly botId: string; readonly now: Date },
): Promise<Result<{ readonly hub: CertifiedHub }>> {
  const { bot, botId, now } = reader;
  const verified = await verify(raw, TYPES.certificate, CLAIMS, {
    key: bot,
    issuer: botId,
    audience: botId,
    now,
  });
  if (!verified.ok) return verified;
  const { jwk, sub, exp } = verified.claims;
  if (!isPublicJwk(jwk) || thumbprint(jwk) !== sub) return reject('BAD_PARAMS');
  return { ok: true, hub: { jwk, expires: exp } };
}

/** Whether a certificate is over, by the local clock and with grace. */
export function isOver(hub: CertifiedHub, now: Date): boolean {
  return seconds(now) >= hub.expires + TIMES.certificateGraceS;
}
