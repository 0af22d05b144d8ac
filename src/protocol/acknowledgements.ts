import { type CertifiedHub, isOver } from './certificates.ts';
import { seconds } from './clock.ts';
import { FORMS } from './ids.ts';
import { sign, verify } from './jws.ts';
import type { KeyPair } from './keys.ts';
import { MAX_NUMBER } from './limits.ts';
import { ACKNOWLEDGEMENTS, type Acknowledgement, isMessageOf } from './messages.ts';
import { type Result, reject } from './reject-codes.ts';
import { anyObject, fits, object, text, time, whole } from './schema.ts';
import { TYPES } from './types.ts';

const CLAIMS = object({
  iss: text(FORMS.bot),
  aud: text(FORMS.agent),
  iat: time,
  ep: whole(1, MAX_NUMBER),
  conn: text(FORMS.connection),
  n: whole(1, MAX_NUMBER),
  t: text('^[a-z.]+$', 32),
  body: anyObject,
});

export interface AcknowledgementEnvelope {
  readonly botId: string;
  readonly agentId: string;
  readonly epoch: number;
  readonly conn: string;
  /** Counts what the hub says on this connection; only rises. */
  readonly n: number;
  readonly now: Date;
}

export interface AcknowledgementReader {
  /** The hub that was proven in the handshake, or that the last `cert.update` named. */
  readonly hub: CertifiedHub;
  readonly botId: string;
  readonly agentId: string;
  readonly now: Date;
  readonly epoch: number;
  readonly conn: string;
  readonly afterN: number;
}

/** @throws Error (a fault of ours) if the agent would refuse its form */
export function signAcknowledgement(
  message: Acknowledgement,
  envelope: AcknowledgementEnvelope,
  hub: KeyPair,
): string {
  const { botId, agentId, epoch, conn, n, now } = envelope;
  const { t, body } = message;
  const claims = { iss: botId, aud: agentId, iat: seconds(now), ep: epoch, conn, n, t, body };
  if (!fits(CLAIMS, claims) || !isMessageOf(ACKNOWLEDGEMENTS, message))
    throw new Error(`${t} is not of its form`);
  return sign(TYPES.acknowledgement, claims, hub);
}

/** What the hub says about the connection, if its certificate lives and this is newer than the last. */
export async function verifyAcknowledgement(
  raw: string,
  reader: AcknowledgementReader,
): Promise<Result<{ readonly n: number; readonly message: Acknowledgement }>> {
  const { hub, botId, agentId, now } = reader;
  const verified = await verify(raw, TYPES.acknowledgement, CLAIMS, {
    key: hub.jwk,
    issuer: botId,
    audience: agentId,
    now,
  });
  if (!verified.ok) return verified;
  if (isOver(hub, now)) return reject('EXPIRED');
  const { ep, conn, n, t, body } = verified.claims;
  if (ep !== reader.epoch) return reject('EPOCH');
  if (conn !== reader.conn || n <= reader.afterN) return reject('REPLAY');
  if (!Object.hasOwn(ACKNOWLEDGEMENTS, t)) return reject('UNKNOWN_TYPE');
  const message = { t, body };
  return isMessageOf(ACKNOWLEDGEMENTS, message) ? { ok: true, n, message } : reject('BAD_PARAMS');
}
