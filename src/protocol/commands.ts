import { seconds } from './clock.ts';
import { bodyDigest, type Digest } from './digest.ts';
import { FORMS } from './ids.ts';
import { isJobType } from './jobs.ts';
import { sign, verify } from './jws.ts';
import type { KeyPair, PublicJwk } from './keys.ts';
import { MAX_NUMBER, TIMES } from './limits.ts';
import { COMMANDS, type Command, isMessageOf } from './messages.ts';
import { type Result, reject } from './reject-codes.ts';
import { anyObject, fits, object, text, time, whole } from './schema.ts';
import { TYPES } from './types.ts';

const CLAIMS = object({
  iss: text(FORMS.bot),
  aud: text(FORMS.agent),
  jti: text(FORMS.command),
  iat: time,
  exp: time,
  ep: whole(1, MAX_NUMBER),
  seq: whole(1, MAX_NUMBER),
  t: text('^[a-z.]+$', 32),
  body: anyObject,
});

/** What a command is signed with, beside its content. */
export interface CommandEnvelope {
  readonly botId: string;
  readonly agentId: string;
  /** `jti`: names the command in logs. */
  readonly id: string;
  readonly epoch: number;
  readonly seq: number;
  readonly now: Date;
  /** Seconds; the longest allowed if not given. */
  readonly lifeS?: number;
}

/** What the agent knows when a command arrives. */
export interface CommandReader {
  /** The pinned identity of the bot: no other key signs commands. */
  readonly bot: PublicJwk;
  readonly botId: string;
  readonly agentId: string;
  readonly now: Date;
  readonly epoch: number;
  /** Number of the last command that was taken; the next one must be larger. */
  readonly afterSeq: number;
}

/** A command as it was signed. `digest` is that of its body: the same job asked for again has the same. */
export interface ReceivedCommand {
  readonly id: string;
  readonly seq: number;
  /** Seconds. */
  readonly expires: number;
  readonly digest: Digest;
  readonly command: Command;
}

/**
 * A command for one agent, signed by the bot's identity.
 * @throws Error (a fault of ours) if the agent would refuse its form
 */
export function signCommand(command: Command, envelope: CommandEnvelope, bot: KeyPair): string {
  const { botId, agentId, id, epoch, seq, now, lifeS = TIMES.commandLifeS } = envelope;
  const iat = seconds(now);
  const { t, body } = command;
  const claims = { iss: botId, aud: agentId, jti: id, iat, exp: iat + lifeS, ep: epoch, seq, t, body };
  if (!fits(CLAIMS, claims) || !isMessageOf(COMMANDS, command)) throw new Error(`${t} is not of its form`);
  return sign(TYPES.command, claims, bot);
}

/**
 * What the agent is asked to do, if this is a command for it, from its bot, of its epoch, not late, and newer than the last.
 * Whether the person may ask for it, and the machine's own policy, are looked at next (actor.ts, approval.ts).
 */
export async function verifyCommand(raw: string, reader: CommandReader): Promise<Result<ReceivedCommand>> {
  const verified = await verify(raw, TYPES.command, CLAIMS, {
    key: reader.bot,
    issuer: reader.botId,
    audience: reader.agentId,
    now: reader.now,
  });
  if (!verified.ok) return verified;
  const { ep, seq, t, body, jti, exp } = verified.claims;
  if (ep !== reader.epoch) return reject('EPOCH');
  if (seq <= reader.afterSeq) return reject('REPLAY');
  if (!Object.hasOwn(COMMANDS, t)) return reject('UNKNOWN_TYPE');
  if (t === 'job.run' && 'type' in body && !isJobType(body['type'])) return reject('UNKNOWN_TYPE');
  const command = { t, body };
  if (!isMessageOf(COMMANDS, command)) return reject('BAD_PARAMS');
  return { ok: true, id: jti, seq, expires: exp, digest: bodyDigest(body), command };
}
