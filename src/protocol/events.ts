import { seconds } from './clock.ts';
import { type Digest, eventDigest } from './digest.ts';
import { FORMS } from './ids.ts';
import { sign, verify } from './jws.ts';
import type { KeyPair, PublicJwk } from './keys.ts';
import { JWS_BYTES, MAX_NUMBER } from './limits.ts';
import {
  DURABLE_EVENTS,
  type DurableEvent,
  isMessageOf,
  PASSING_EVENTS,
  type PassingEvent,
} from './messages.ts';
import { type Result, reject } from './reject-codes.ts';
import { anyObject, digest, either, fits, object, text, time, whole } from './schema.ts';
import { TYPES, type TypeRow } from './types.ts';

const EVERY = {
  iss: text(FORMS.agent),
  aud: text(FORMS.bot),
  iat: time,
  ep: whole(1, MAX_NUMBER),
  t: text('^[a-z._]+$', 32),
  body: anyObject,
};
const DURABLE = object({ ...EVERY, seq: whole(1, MAX_NUMBER), prev: digest });
const PASSING = object({ ...EVERY, conn: text(FORMS.connection), n: whole(1, MAX_NUMBER) });
const CLAIMS = either(DURABLE, PASSING);

/** A piece of a plan is larger than any other event. */
const PART_ROW: TypeRow = { ...TYPES.event, maxBytes: JWS_BYTES.part };

interface Envelope {
  readonly agentId: string;
  readonly botId: string;
  readonly epoch: number;
  readonly now: Date;
}

/** Where a durable event stands in its chain. */
export interface ChainPlace {
  /** Rises by one from event to event. */
  readonly seq: number;
  /** `eventDigest` of the event before, or NO_EVENT. */
  readonly prev: Digest;
}

/** Where a passing event stands in its connection. */
export interface ConnectionPlace {
  readonly conn: string;
  /** Only rises. */
  readonly n: number;
}

/** What the bot knows when an event arrives. */
export interface EventReader {
  /** The agent's active identity: no other key signs its events. */
  readonly agent: PublicJwk;
  readonly agentId: string;
  readonly botId: string;
  readonly now: Date;
  readonly epoch: number;
  /** The last durable event that is stored: its number and digest; 0 and NO_EVENT before the first. */
  readonly last: { readonly seq: number; readonly digest: Digest };
  /** This connection and its last number; absent where only durable events are looked at. */
  readonly connection?: ConnectionPlace;
}

export interface ReceivedDurable {
  readonly durable: true;
  readonly seq: number;
  readonly digest: Digest;
  /** Seconds, by the agent's clock. */
  readonly at: number;
  readonly event: DurableEvent;
}

export interface ReceivedPassing {
  readonly durable: false;
  readonly n: number;
  readonly at: number;
  readonly event: PassingEvent;
}

/** @throws Error (a fault of ours) if the bot would refuse its form */
export function signDurable(event: DurableEvent, envelope: Envelope & ChainPlace, agent: KeyPair): string {
  const { seq, prev } = envelope;
  const claims = { ...claimsOf(envelope), seq, prev, t: event.t, body: event.body };
  if (!fits(DURABLE, claims) || !isMessageOf(DURABLE_EVENTS, event))
    throw new Error(`${event.t} is not of its form`);
  return sign(TYPES.event, claims, agent);
}

/** @throws Error (a fault of ours) if the bot would refuse its form */
export function signPassing(
  event: PassingEvent,
  envelope: Envelope & ConnectionPlace,
  agent: KeyPair,
): string {
  const { conn, n } = envelope;
  const claims = { ...claimsOf(envelope), conn, n, t: event.t, body: event.body };
  if (!fits(PASSING, claims) || !isMessageOf(PASSING_EVENTS, event))
    throw new Error(`${event.t} is not of its form`);
  return sign(event.t === 'job.part' ? PART_ROW : TYPES.event, claims, agent);
}

function claimsOf({ agentId, botId, now, epoch }: Envelope) {
  return { iss: agentId, aud: botId, iat: seconds(now), ep: epoch };
}

/**
 * What happened on an agent's machine, if this is its next event. REPLAY: stored before, acknowledge it again.
 * STATE_REGRESSED: the chain does not continue from the last stored event, so something was dropped or rewritten.
 * Whether the job is this agent's and may take that step is looked at next, by whoever acts on it.
 */
export async function verifyEvent(
  raw: string,
  reader: EventReader,
): Promise<Result<ReceivedDurable | ReceivedPassing>> {
  const verified = await verify(raw, PART_ROW, CLAIMS, {
    key: reader.agent,
    issuer: reader.agentId,
    audience: reader.botId,
    now: reader.now,
  });
  if (!verified.ok) return verified;
  const { claims } = verified;
  const { t, body, iat: at } = claims;
  if (raw.length > TYPES.event.maxBytes && t !== 'job.part') return reject('BAD_PARAMS');
  if (claims.ep !== reader.epoch) return reject('EPOCH');
  const event = { t, body };
  if ('seq' in claims) {
    const { seq, prev } = claims;
    if (seq <= reader.last.seq) return reject('REPLAY');
    if (seq !== reader.last.seq + 1 || prev !== reader.last.digest) return reject('STATE_REGRESSED');
    if (!Object.hasOwn(DURABLE_EVENTS, t)) return reject('UNKNOWN_TYPE');
    if (!isMessageOf(DURABLE_EVENTS, event)) return reject('BAD_PARAMS');
    return { ok: true, durable: true, seq, digest: eventDigest(raw), at, event };
  }
  const { conn, n } = claims;
  if (conn !== reader.connection?.conn || n <= reader.connection.n) return reject('REPLAY');
  if (!Object.hasOwn(PASSING_EVENTS, t)) return reject('UNKNOWN_TYPE');
  if (!isMessageOf(PASSING_EVENTS, event)) return reject('BAD_PARAMS');
  return { ok: true, durable: false, n, at, event };
}
