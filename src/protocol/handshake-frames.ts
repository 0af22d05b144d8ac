/**
 * The four frames that prove who is who, within 5 seconds and 4 KiB each:
 *
 * 1. agent: `hello`, plain JSON. What it speaks, who it says it is, a nonce.
 * 2. hub: `challenge`, signed with H. The hub proves itself first, so that an agent tells nothing to a stranger.
 * 3. agent: `proof`, signed with A. Who it is, and how far it has come.
 * 4. hub: `welcome`, signed with H. From where both go on.
 *
 * Each signed frame holds `th`, the transcript of all earlier frames as they travelled; so every byte of `hello`, the list
 * of versions included, is covered.
 */
import { FORMS } from './ids.ts';
import { sign, verify } from './jws.ts';
import type { KeyPair, PublicJwk } from './keys.ts';
import { HANDSHAKE, JWS_BYTES, MAX_NUMBER } from './limits.ts';
import { isMessageOf, type MessageOf } from './messages.ts';
import { type Result, reject } from './reject-codes.ts';
import {
  anyObject,
  count,
  digest,
  fits,
  list,
  nonce,
  object,
  oneOf,
  type Schema,
  type TypeOf,
  text,
  time,
  whole,
} from './schema.ts';
import { parseStrictJson } from './strict-json.ts';
import { TYPES } from './types.ts';

/** Versions of the protocol that this code speaks. */
export const VERSIONS: readonly number[] = [1];

const version = whole(1, 255);
const sequence = whole(0, MAX_NUMBER);
const program = text('^[0-9]+\\.[0-9]+\\.[0-9]+(-[0-9a-z.-]+)?$', 32);
const party = text(`${FORMS.agent}|${FORMS.bot}`);

export const HELLO = object({
  t: oneOf('hello'),
  v: list(version, 8, 1),
  /** What this agent can do beyond version 1; words that the hub does not know mean nothing to it. */
  caps: list(text('^[a-z][a-z0-9-]{0,31}$'), 16),
  agent_id: text(FORMS.agent),
  /** Thumbprint of A. */
  kid: text(FORMS.thumbprint),
  nA: nonce,
  /** Made anew by every start of the agent: a replaced one that comes back means two living copies of one key. */
  inst: nonce,
  /** What the operating system calls its present boot. */
  boot: text('^[A-Za-z0-9-]+$', 64),
});
export type Hello = TypeOf<typeof HELLO>;

const BODIES = {
  challenge: object({
    nA: nonce,
    nH: nonce,
    agent_id: text(FORMS.agent),
    /** The version that is spoken from now on. */
    v: version,
    /** Certificates of this hub's key: the present one, and perhaps the next. */
    certs: list(text('^[A-Za-z0-9_.-]+$', JWS_BYTES.certificate), 2, 1),
    time,
    th: digest,
  }),
  proof: object({
    nH: nonce,
    th: digest,
    /** The agent's epoch. */
    ep: whole(1, MAX_NUMBER),
    /** Number of the last command that it took; 0: none. */
    last_cmd: sequence,
    /** Number and digest of its newest durable event; 0 and NO_EVENT before the first. */
    evt_hi: sequence,
    evt_tail: digest,
    policy_hash: digest,
    /** Version of the agent program. */
    ver: program,
  }),
  welcome: object({
    th: digest,
    conn: text(FORMS.connection),
    /** Commands above this number follow. */
    cmd_after: sequence,
    /** All events up to this number are stored for good. */
    evt_ack: sequence,
    /** Seconds between pings. */
    hb: whole(1, 3600),
    limits: object({ event_bytes: count, events_per_second: count, stored_bytes_per_day: count }),
    /** The oldest agent that still gets jobs. */
    min_ver: program,
    time,
  }),
} as const satisfies Record<string, Schema<unknown>>;

export type HandshakeFrame = MessageOf<typeof BODIES>;
type BodyOf<T extends HandshakeFrame['t']> = Extract<HandshakeFrame, { readonly t: T }>['body'];
export type Challenge = BodyOf<'challenge'>;
export type Proof = BodyOf<'proof'>;
export type Welcome = BodyOf<'welcome'>;

const CLAIMS = object({
  iss: party,
  aud: party,
  t: oneOf('challenge', 'proof', 'welcome'),
  body: anyObject,
});

/** A hello as it travels. */
export function writeHello(hello: Hello): Buffer {
  if (!fits(HELLO, hello)) throw new Error('hello is not of its form');
  return Buffer.from(JSON.stringify(hello));
}

/** Undefined for anything that is not exactly a hello. */
export function readHello(frame: Uint8Array): Hello | undefined {
  if (frame.length > HANDSHAKE.frameBytes) return undefined;
  const value = parseStrictJson(frame);
  return fits(HELLO, value) ? value : undefined;
}

/** @throws Error (a fault of ours) if the other side would refuse its form */
export function signHandshake(
  frame: HandshakeFrame,
  parties: { readonly issuer: string; readonly audience: string },
  key: KeyPair,
): Buffer {
  const claims = { iss: parties.issuer, aud: parties.audience, t: frame.t, body: frame.body };
  if (!fits(CLAIMS, claims) || !isMessageOf(BODIES, frame)) throw new Error(`${frame.t} is not of its form`);
  return Buffer.from(sign(TYPES.handshake, claims, key));
}

/** The body of a frame of this name, signed by the one key that may. Nonces and transcript are compared by the caller. */
export async function verifyHandshake<T extends HandshakeFrame['t']>(
  frame: Uint8Array,
  t: T,
  reader: {
    readonly key: PublicJwk;
    readonly issuer: string;
    readonly audience: string;
    readonly now: Date;
  },
): Promise<Result<{ readonly body: BodyOf<T> }>> {
  const verified = await verify(textOf(frame), TYPES.handshake, CLAIMS, reader);
  if (!verified.ok) return verified;
  const message = { t: verified.claims.t, body: verified.claims.body };
  if (message.t !== t) return reject('UNKNOWN_TYPE');
  if (!isMessageOf(BODIES, message)) return reject('BAD_PARAMS');
  return { ok: true, body: message.body as BodyOf<T> };
}

/** Certificates that a challenge brings along, before anything of it is verified; empty if it is no challenge. */
export function certificatesIn(claims: unknown): readonly string[] {
  if (!fits(CLAIMS, claims)) return [];
  const message = { t: claims.t, body: claims.body };
  return isMessageOf(BODIES, message) && message.t === 'challenge' ? message.body.certs : [];
}

/** Bytes as text, one character for each: anything beyond ASCII is then refused as part of a JWS. */
export function textOf(frame: Uint8Array): string {
  return Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength).toString('latin1');
}
