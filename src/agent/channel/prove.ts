import { AgentHandshake, type AgentSession } from '../../protocol/agent-handshake.ts';
import { CLOSE_CODES, type CloseName } from '../../protocol/close-codes.ts';
import { type Digest, digestOf } from '../../protocol/digest.ts';
import { HANDSHAKE } from '../../protocol/limits.ts';
import { VERSION } from '../../shared/tool.ts';
import type { System } from '../system.ts';
import type { CommandLedger } from './command-ledger.ts';
import type { Connection } from './connection.ts';
import type { Identity } from './identity.ts';
import type { Spool } from './spool.ts';
import type { Timers } from './timers.ts';

export interface Prover {
  readonly system: System;
  readonly identity: Identity;
  readonly ledger: CommandLedger;
  readonly spool: Spool;
  readonly policyHash: Digest;
  /** 32 random bytes, base64url, made once by this process. */
  readonly instance: string;
  readonly timers: Timers;
}

/**
 * The handshake over an open connection: the hub proves itself first. Returns how far both are, or the code that the
 * connection was closed with. `proven` is called before the next frame is looked at, so that none is lost in between.
 */
export async function prove(
  connection: Connection,
  prover: Prover,
  proven: (session: AgentSession) => void,
): Promise<{ readonly ok: true } | { readonly ok: false; readonly code: number }> {
  const { system, identity, ledger, spool, timers } = prover;
  const handshake = new AgentHandshake({
    agentId: identity.agentId,
    key: identity.key,
    bot: identity.bot,
    botId: identity.botId,
    instance: prover.instance,
    boot: bootOf(system),
    state: {
      ep: identity.epoch,
      last_cmd: ledger.last,
      evt_hi: spool.newestNumber,
      evt_tail: spool.tail,
      policy_hash: prover.policyHash,
      ver: VERSION,
    },
    clock: system,
  });
  const { promise, resolve } = Promise.withResolvers<boolean>();
  let ownClose: CloseName | undefined;
  const end = (name: CloseName) => {
    ownClose = name;
    connection.close(name);
    resolve(false);
  };
  const stop = timers.after(HANDSHAKE.totalMs, () => end('TIMEOUT'));
  connection.serve(async (frame) => {
    const step = await handshake.onFrame(frame);
    if ('send' in step) connection.send(step.send);
    else if ('close' in step) end(step.close);
    else {
      proven(step.done);
      resolve(true);
    }
  });
  connection.send(handshake.start());
  const ok = await Promise.race([promise, connection.closed.then(() => false)]);
  stop();
  if (ok) return { ok };
  const code = ownClose === undefined ? (await connection.closed).code : CLOSE_CODES[ownClose].code;
  return { ok, code };
}

/** What the system calls its boot, in the form that travels. */
function bootOf({ bootId }: System): string {
  return /^[A-Za-z0-9-]{1,64}$/.test(bootId) ? bootId : digestOf(bootId);
}
