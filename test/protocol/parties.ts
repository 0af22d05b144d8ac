import type { AcknowledgementEnvelope, AcknowledgementReader } from '../../src/protocol/acknowledgements.ts';
import type { Actor } from '../../src/protocol/actor.ts';
import { AgentHandshake, type AgentHandshakeOptions } from '../../src/protocol/agent-handshake.ts';
import { AgentPairing, type AgentPairingOptions } from '../../src/protocol/agent-pairing.ts';
import { toBase64url } from '../../src/protocol/base64url.ts';
import { signCertificate } from '../../src/protocol/certificates.ts';
import type { Clock } from '../../src/protocol/clock.ts';
import { type CommandEnvelope, type CommandReader, signCommand } from '../../src/protocol/commands.ts';
import { NO_EVENT } from '../../src/protocol/digest.ts';
import type { EventReader } from '../../src/protocol/events.ts';
import { HubHandshake, type HubHandshakeOptions } from '../../src/protocol/hub-handshake.ts';
import { HubPairing, type HubPairingOptions } from '../../src/protocol/hub-pairing.ts';
import { botIdOf } from '../../src/protocol/ids.ts';
import { importPrivate, type KeyPair } from '../../src/protocol/keys.ts';
import type { Command } from '../../src/protocol/messages.ts';
import { Secret } from '../../src/shared/secret.ts';

/** Everybody who takes part in the tests, always with the same keys. */

/** The key whose 32 secret bytes are all `seed` (RFC 8410 §7 gives the frame around them). */
export function keyOf(seed: number): KeyPair {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, seed)]);
  const pem = `-----BEGIN PRIVATE KEY-----\n${der.toString('base64')}\n-----END PRIVATE KEY-----\n`;
  return importPrivate(new Secret('TEST_KEY', pem));
}

export const B = keyOf(1);
export const N = keyOf(2);
export const H = keyOf(3);
export const A = keyOf(4);
/** Somebody in between. */
export const M = keyOf(5);

export const NOW = new Date('2026-11-22T12:00:00Z');
export const NOW_S = NOW.getTime() / 1000;
export const BOT = botIdOf(B.publicJwk);
export const AGENT = 'ag_019ab2c3-d4e5-7f60-8123-456789abcdef';
export const JOB = 'job_019ab2c3-d4e5-7f60-8123-456789abcde0';
export const CONN = 'con_019ab2c3-d4e5-7f60-8123-456789abcde1';
export const COMMAND_ID = 'cmd_019ab2c3-d4e5-7f60-8123-456789abcde2';
export const DIGEST = 'ab'.repeat(32);
export const RUN = 'run-20261122-120000-3f9a1c0de77b5642';
export const OWNER = { id: '223456789012345678', username: 'ada.l' };
export const GUILD = '323456789012345678';
export const APP = '123456789012345678';

export const nonceOf = (seed: number) => toBase64url(Buffer.alloc(32, seed));
/** An id that Discord would have given out at this moment. */
export const snowflakeAt = (ms: number) => String((BigInt(ms) - 1_420_070_400_000n) << 22n);

export const ACTOR: Actor = {
  user: OWNER.id,
  guild: GUILD,
  interaction: snowflakeAt(NOW.getTime()),
  at: NOW_S,
};
export const APPROVAL = {
  ...ACTOR,
  interaction: snowflakeAt(NOW.getTime() - 1000),
  message: '523456789012345678',
  plan: DIGEST,
};

export const CERTIFICATE = signCertificate(H.publicJwk, BOT, NOW, B);

/** A clock that stands still until it is told. */
export class TestClock implements Clock {
  #ms = 0;
  now(): Date {
    return new Date(NOW.getTime() + this.#ms);
  }
  elapsed(): number {
    return this.#ms;
  }
  pass(ms: number): void {
    this.#ms += ms;
  }
}

export const ASSESS: Command = {
  t: 'job.run',
  body: { job: JOB, type: 'assess', params: { root: 'root-1' }, actor: ACTOR },
};
export const APPLY: Command = {
  t: 'job.run',
  body: { job: JOB, type: 'apply', params: { plan: DIGEST }, actor: ACTOR, approval: APPROVAL },
};

export const RESUME: Command = {
  t: 'job.run',
  body: {
    job: JOB,
    type: 'resume',
    params: { run: RUN, pause_after: 'backup' },
    actor: ACTOR,
    approval: APPROVAL,
  },
};

export const ENVELOPE: CommandEnvelope = {
  botId: BOT,
  agentId: AGENT,
  id: COMMAND_ID,
  epoch: 1,
  seq: 7,
  now: NOW,
};
export const COMMAND_READER: CommandReader = {
  bot: B.publicJwk,
  botId: BOT,
  agentId: AGENT,
  now: NOW,
  epoch: 1,
  afterSeq: 6,
};
export const commandJws = (command: Command = ASSESS, changes: Partial<CommandEnvelope> = {}, key = B) =>
  signCommand(command, { ...ENVELOPE, ...changes }, key);

export const EVENT_ENVELOPE = { agentId: AGENT, botId: BOT, epoch: 1, now: NOW };
export const EVENT_READER: EventReader = {
  agent: A.publicJwk,
  agentId: AGENT,
  botId: BOT,
  now: NOW,
  epoch: 1,
  last: { seq: 0, digest: NO_EVENT },
  connection: { conn: CONN, n: 0 },
};

export const ACK_ENVELOPE: AcknowledgementEnvelope = {
  botId: BOT,
  agentId: AGENT,
  epoch: 1,
  conn: CONN,
  n: 3,
  now: NOW,
};
export const ACK_READER: AcknowledgementReader = {
  hub: { jwk: H.publicJwk, expires: NOW_S + 86_400 },
  botId: BOT,
  agentId: AGENT,
  now: NOW,
  epoch: 1,
  conn: CONN,
  afterN: 2,
};

export const AGENT_HANDSHAKE: AgentHandshakeOptions = {
  agentId: AGENT,
  key: A,
  bot: B.publicJwk,
  botId: BOT,
  instance: nonceOf(30),
  boot: 'b0071d00-0000-4000-8000-000000000001',
  state: { ep: 1, last_cmd: 6, evt_hi: 0, evt_tail: NO_EVENT, policy_hash: DIGEST, ver: '0.1.0' },
  clock: new TestClock(),
  nonce: nonceOf(10),
};

export function agentHandshake(changes: Partial<AgentHandshakeOptions> = {}): AgentHandshake {
  return new AgentHandshake({ ...AGENT_HANDSHAKE, clock: new TestClock(), ...changes });
}

export function hubHandshake(changes: Partial<HubHandshakeOptions> = {}): HubHandshake {
  return new HubHandshake({
    key: H,
    certificates: [CERTIFICATE],
    botId: BOT,
    minVersion: '0.1.0',
    find: async (agentId) => (agentId === AGENT ? { jwk: A.publicJwk, barred: false } : undefined),
    admit: async () => ({ conn: CONN, cmdAfter: 6, evtAck: 0 }),
    clock: new TestClock(),
    nonce: nonceOf(20),
    ...changes,
  });
}

export function agentPairing(changes: Partial<AgentPairingOptions> = {}): AgentPairing {
  return new AgentPairing({
    key: A,
    label: 'ada-laptop',
    os: 'Debian GNU/Linux 13',
    user: 'ada',
    account: OWNER.username,
    sameMachine: true,
    clock: new TestClock(),
    nonce: nonceOf(11),
    ...changes,
  });
}

export function hubPairing(changes: Partial<HubPairingOptions> = {}): HubPairing {
  return new HubPairing({
    bot: B,
    next: N.kid,
    certificate: CERTIFICATE,
    app: APP,
    code: null,
    clock: new TestClock(),
    nonce: nonceOf(21),
    ...changes,
  });
}

/** The frame that a step sends. */
export function sent(step: object): Buffer {
  if ('send' in step && step.send instanceof Buffer) return step.send;
  throw new Error(`nothing is sent: ${JSON.stringify(step)}`);
}
