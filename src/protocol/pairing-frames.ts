/**
 * How a computer and the bot get to know each other. On the bot's own machine, over its Unix socket, Discord asks the bot's
 * owner. From any other machine the offer holds a code: the person types it in Discord, is shown six digits there, and types
 * those at the terminal.
 *
 * 1. agent: `pair.begin {v, commit}`: commits to frame 3, which is already complete.
 * 2. bot: `pair.offer {v, root, next, cert, app, nH, code, exp}`: its identity, and a nonce.
 * 3. agent: `pair.reveal {v, jwk, nA, label, os, user}`: byte for byte what was committed.
 *    T is the transcript of these three. Both sides show three words made of T; the person compares them and answers in
 *    Discord. Nothing in T could be chosen after the other side's nonce was known, so nobody in between can try until the
 *    words are equal.
 * 4. bot: `pair.claimed {T, user {id, username}, guild, app}`: who answered, and where. The agent compares with what was
 *    typed at its terminal; from another machine it goes on only when the six digits of T were typed there as well.
 * 5. agent: `pair.confirm {T, user {id}, guild, app}`.
 * 6. bot: `pair.done {T, agent_id, user {id}, guild, ep: 1}`: both sides now have it in their records.
 * 7. agent: `pair.ack {T, agent_id}`.
 *
 * Frames 1 to 3 are plain JSON; 4 to 7 are signed, by B and by A, and hold T. While it has no id an agent is named by the
 * thumbprint of its key.
 */
import { createHash } from 'node:crypto';
import type { Digest } from './digest.ts';
import { FORMS } from './ids.ts';
import { sign, verify } from './jws.ts';
import type { KeyPair, PublicJwk } from './keys.ts';
import { JWS_BYTES, PAIRING } from './limits.ts';
import { isMessageOf, type MessageOf } from './messages.ts';
import { type Result, reject } from './reject-codes.ts';
import {
  anyObject,
  digest,
  either,
  fits,
  label,
  nonce,
  nothing,
  object,
  oneOf,
  type Schema,
  snowflake,
  text,
  time,
} from './schema.ts';
import { parseStrictJson } from './strict-json.ts';
import { TYPES } from './types.ts';
import { sixDigits, type ThreeWords, threeWords } from './words.ts';

const v = oneOf(1);
const jwk = object({ kty: oneOf('OKP'), crv: oneOf('Ed25519'), x: nonce });

const PLAIN = {
  'pair.begin': object({ t: oneOf('pair.begin'), v, commit: digest }),
  'pair.offer': object({
    t: oneOf('pair.offer'),
    v,
    /** B, the bot's identity. */
    root: jwk,
    /** Thumbprint of N, the only key that may ever replace B. */
    next: text(FORMS.thumbprint),
    /** Certificate of the hub that is spoken to. */
    cert: text('^[A-Za-z0-9_.-]+$', JWS_BYTES.certificate),
    /** The bot's Discord application. */
    app: snowflake,
    nH: nonce,
    /** Names this pairing in Discord; none on the same machine. */
    code: either(nothing, text(FORMS.pairingCode)),
    /** Seconds; the end of this pairing. */
    exp: time,
  }),
  'pair.reveal': object({
    t: oneOf('pair.reveal'),
    v,
    /** A, the agent's identity. */
    jwk,
    nA: nonce,
    /** What the computer is called, its system, and the user of that system. */
    label: label(64),
    os: label(64),
    user: label(64),
  }),
} as const satisfies Record<string, Schema<unknown>>;

/** A Discord user name of a person, not the name that is displayed. */
const username = text('^[a-z0-9._]{2,32}$');
const account = object({ id: snowflake });

const SIGNED = {
  'pair.claimed': object({
    T: digest,
    user: object({ id: snowflake, username }),
    guild: snowflake,
    app: snowflake,
  }),
  'pair.confirm': object({ T: digest, user: account, guild: snowflake, app: snowflake }),
  'pair.done': object({
    T: digest,
    agent_id: text(FORMS.agent),
    user: account,
    guild: snowflake,
    ep: oneOf(1),
  }),
  'pair.ack': object({ T: digest, agent_id: text(FORMS.agent) }),
} as const satisfies Record<string, Schema<unknown>>;

type PlainOf<T extends keyof typeof PLAIN> = (typeof PLAIN)[T] extends Schema<infer F> ? F : never;
export type PairBegin = PlainOf<'pair.begin'>;
export type PairOffer = PlainOf<'pair.offer'>;
export type PairReveal = PlainOf<'pair.reveal'>;

export type PairingFrame = MessageOf<typeof SIGNED>;
type BodyOf<T extends PairingFrame['t']> = Extract<PairingFrame, { readonly t: T }>['body'];
export type PairClaimed = BodyOf<'pair.claimed'>;

const party = text(`${FORMS.bot}|${FORMS.thumbprint}`);
const CLAIMS = object({ iss: party, aud: party, t: text('^pair\\.[a-z]+$', 32), body: anyObject });

/** @throws Error (a fault of ours) if the other side would refuse its form */
export function writePlain(frame: PairBegin | PairOffer | PairReveal): Buffer {
  const { t } = frame;
  if (!fits<unknown>(PLAIN[t], frame)) throw new Error(`${t} is not of its form`);
  return Buffer.from(JSON.stringify(frame));
}

/** The plain frame of this name; undefined for anything else. */
export function readPlain<T extends keyof typeof PLAIN>(t: T, frame: Uint8Array): PlainOf<T> | undefined {
  if (frame.length > PAIRING.frameBytes) return undefined;
  const value = parseStrictJson(frame);
  return fits<unknown>(PLAIN[t], value) ? (value as PlainOf<T>) : undefined;
}

/** @throws Error (a fault of ours) if the other side would refuse its form */
export function signPairing(
  frame: PairingFrame,
  parties: { readonly issuer: string; readonly audience: string },
  key: KeyPair,
): Buffer {
  const claims = { iss: parties.issuer, aud: parties.audience, t: frame.t, body: frame.body };
  if (!fits(CLAIMS, claims) || !isMessageOf(SIGNED, frame)) throw new Error(`${frame.t} is not of its form`);
  return Buffer.from(sign(TYPES.pairing, claims, key));
}

/** The body of a signed frame of this name that belongs to the pairing `T`, signed by the one key that may. */
export async function verifyPairing<T extends PairingFrame['t']>(
  raw: string,
  t: T,
  reader: {
    readonly key: PublicJwk;
    readonly issuer: string;
    readonly audience: string;
    readonly now: Date;
    readonly T: Digest;
  },
): Promise<Result<{ readonly body: BodyOf<T> }>> {
  const verified = await verify(raw, TYPES.pairing, CLAIMS, reader);
  if (!verified.ok) return verified;
  const message = { t: verified.claims.t, body: verified.claims.body };
  if (message.t !== t) return reject('UNKNOWN_TYPE');
  if (!isMessageOf(SIGNED, message)) return reject('BAD_PARAMS');
  if (message.body.T !== reader.T) return reject('REPLAY');
  return { ok: true, body: message.body as BodyOf<T> };
}

/** What `pair.begin` commits to: the whole reveal frame as it will travel, white space and order of members included. */
export function commitmentTo(reveal: Uint8Array): Digest {
  return createHash('sha256').update('awm-pair-1').update(reveal).digest('hex');
}

/** Three words of T that both sides show. */
export function pairingWords(T: Digest): ThreeWords {
  return threeWords(T, 'awm-words-1');
}

/** Six digits of T. */
export function pairingDigits(T: Digest): string {
  return sixDigits(T, 'awm-sas-1');
}
