import { JWS_BYTES, TIMES } from './limits.ts';

/**
 * The kinds of signed messages. Each has a `typ` of its own in its header and exactly one function that verifies it, which
 * is handed only the keys that may sign it; so no message can be taken for one of another kind.
 *
 * | key | whose | signs |
 * |---|---|---|
 * | B | the bot's identity | commands, pairing, certificates |
 * | H | a hub process, certified by B for a day | handshake, acknowledgements |
 * | A | an agent's identity | events, handshake, pairing |
 *
 * All claims, `iss` and `aud` included, are required; there are no others.
 */
export interface TypeRow {
  readonly typ: `awm-${string}+jwt`;
  readonly keys: readonly ('A' | 'B' | 'H')[];
  readonly readBy: readonly ('agent' | 'bot')[];
  readonly claims: readonly string[];
  /** The same for messages that are not kept; only events have two forms. */
  readonly passingClaims?: readonly string[];
  /** Longest JWS, in bytes of text. */
  readonly maxBytes: number;
  /** Longest time between `iat` and `exp`, seconds. Only those that have it end by the clock. */
  readonly lifeS?: number;
  /** How long after `exp` it is still taken, seconds. */
  readonly graceS?: number;
  /** How far ahead of us `iat` may be, seconds; undefined where it is not looked at. */
  readonly aheadS?: number;
}

export const TYPES = {
  /** Bot to agent. `ep`: epoch; `seq` only rises, gaps are allowed. Verified by `verifyCommand`. */
  command: {
    typ: 'awm-cmd+jwt',
    keys: ['B'],
    readBy: ['agent'],
    claims: ['iss', 'aud', 'jti', 'iat', 'exp', 'ep', 'seq', 't', 'body'],
    maxBytes: JWS_BYTES.command,
    lifeS: TIMES.commandLifeS,
    aheadS: TIMES.aheadS,
  },
  /**
   * Agent to bot. No `exp`: an event may wait for days on a computer that is off; order (`seq` without gaps, `prev` the
   * digest of the one before) and epoch are its freshness. `conn` and `n` number what is not kept. `verifyEvent`.
   */
  event: {
    typ: 'awm-evt+jwt',
    keys: ['A'],
    readBy: ['bot'],
    claims: ['iss', 'aud', 'iat', 'ep', 'seq', 'prev', 't', 'body'],
    passingClaims: ['iss', 'aud', 'iat', 'ep', 'conn', 'n', 't', 'body'],
    maxBytes: JWS_BYTES.event,
    aheadS: TIMES.aheadS,
  },
  /** Hub to agent, for one connection; `n` only rises. `verifyAcknowledgement`. */
  acknowledgement: {
    typ: 'awm-ack+jwt',
    keys: ['H'],
    readBy: ['agent'],
    claims: ['iss', 'aud', 'iat', 'ep', 'conn', 'n', 't', 'body'],
    maxBytes: JWS_BYTES.acknowledgement,
    aheadS: TIMES.aheadS,
  },
  /** Frames 2 to 4 of the handshake; nonces and transcript are their freshness. `verifyHandshake`. */
  handshake: {
    typ: 'awm-hs+jwt',
    keys: ['H', 'A'],
    readBy: ['agent', 'bot'],
    claims: ['iss', 'aud', 't', 'body'],
    maxBytes: JWS_BYTES.handshake,
  },
  /** Frames 4 to 7 of the pairing; T covers the first three. `verifyPairing`. */
  pairing: {
    typ: 'awm-pair+jwt',
    keys: ['B', 'A'],
    readBy: ['agent', 'bot'],
    claims: ['iss', 'aud', 't', 'body'],
    maxBytes: JWS_BYTES.pairing,
  },
  /** The bot says that a key is one of its hubs. Its `aud` is the bot itself. `verifyCertificate`. */
  certificate: {
    typ: 'awm-cert+jwt',
    keys: ['B'],
    readBy: ['agent', 'bot'],
    claims: ['iss', 'aud', 'sub', 'jwk', 'use', 'iat', 'exp'],
    maxBytes: JWS_BYTES.certificate,
    lifeS: TIMES.certificateLifeS,
    graceS: TIMES.certificateGraceS,
  },
} as const satisfies Record<string, TypeRow>;
