import { randomBytes } from 'node:crypto';
import { type Clock, seconds } from './clock.ts';
import type { CloseName } from './close-codes.ts';
import {
  type Hello,
  type Proof,
  readHello,
  signHandshake,
  VERSIONS,
  verifyHandshake,
  type Welcome,
} from './handshake-frames.ts';
import { type KeyPair, type PublicJwk, thumbprint } from './keys.ts';
import { HANDSHAKE, JWS_BYTES, PER_AGENT, TRANSPORT } from './limits.ts';
import { transcript } from './transcript.ts';

/** An agent as the bot's records know it. */
export interface KnownAgent {
  /** Its active identity, A. */
  readonly jwk: PublicJwk;
  /** Revoked by a person, or suspended because two copies of its key were seen. */
  readonly barred: boolean;
}

/** Where the hub goes on with a proven agent. */
export interface Admission {
  readonly conn: string;
  readonly cmdAfter: number;
  readonly evtAck: number;
}

export interface HubHandshakeOptions {
  readonly key: KeyPair;
  /** Of `key`, by B; the newest first. */
  readonly certificates: readonly string[];
  readonly botId: string;
  /** The oldest version of the agent program that gets jobs. */
  readonly minVersion: string;
  /** Looks an agent up; undefined if there is none. */
  readonly find: (agentId: string) => Promise<KnownAgent | undefined>;
  /** Called once the agent is proven: takes the connection over from an older one, or says why not. */
  readonly admit: (hello: Hello, proof: Proof) => Promise<Admission | { readonly close: CloseName }>;
  readonly clock: Clock;
  /** Only tests fix it. */
  readonly nonce?: string;
}

/** A proven connection, as the hub sees it. */
export interface HubSession {
  readonly version: number;
  readonly hello: Hello;
  readonly proof: Proof;
  readonly agent: KnownAgent;
  readonly admission: Admission;
}

/** What to do with the socket now. */
export type HubStep = { readonly send: Buffer; readonly done?: HubSession } | { readonly close: CloseName };

interface Challenged {
  readonly at: 'proof';
  readonly hello: Hello;
  readonly agent: KnownAgent;
  readonly version: number;
  readonly frames: readonly Uint8Array[];
}
type State = { readonly at: 'hello' } | Challenged | { readonly at: 'over' };

/** The hub's side of the handshake; it begins with the agent's first frame. */
export class HubHandshake {
  readonly #options: HubHandshakeOptions;
  readonly #nonce: string;
  readonly #started: number;
  #state: State = { at: 'hello' };

  constructor(options: HubHandshakeOptions) {
    this.#options = options;
    this.#nonce = options.nonce ?? randomBytes(32).toString('base64url');
    this.#started = options.clock.elapsed();
  }

  /** One frame of the agent. While it is looked at the state is `over`, so that a second one at the same time fits nothing. */
  async onFrame(frame: Uint8Array): Promise<HubStep> {
    const state = this.#state;
    this.#state = { at: 'over' };
    if (this.#options.clock.elapsed() - this.#started > HANDSHAKE.totalMs) return { close: 'TIMEOUT' };
    if (frame.length > HANDSHAKE.frameBytes) return { close: 'TOO_LARGE' };
    switch (state.at) {
      case 'hello':
        return this.#onHello(frame);
      case 'proof':
        return this.#onProof(frame, state);
      default:
        return { close: 'BAD_FRAME' };
    }
  }

  async #onHello(frame: Uint8Array): Promise<HubStep> {
    const { key, certificates, botId, find, clock } = this.#options;
    const hello = readHello(frame);
    if (hello === undefined) return { close: 'BAD_FRAME' };
    const version = Math.max(...hello.v.filter((one) => VERSIONS.includes(one)));
    if (!VERSIONS.includes(version)) return { close: 'VERSION' };
    const agent = await find(hello.agent_id);
    if (agent === undefined) return { close: 'UNPAIRED' };
    if (agent.barred) return { close: 'REVOKED' };
    if (hello.kid !== thumbprint(agent.jwk)) return { close: 'AUTH_FAILED' };
    const challenge = signHandshake(
      {
        t: 'challenge',
        body: {
          nA: hello.nA,
          nH: this.#nonce,
          agent_id: hello.agent_id,
          v: version,
          certs: certificates,
          time: seconds(clock.now()),
          th: transcript([frame]),
        },
      },
      { issuer: botId, audience: hello.agent_id },
      key,
    );
    this.#state = { at: 'proof', hello, agent, version, frames: [Buffer.from(frame), challenge] };
    return { send: challenge };
  }

  async #onProof(frame: Uint8Array, { hello, agent, version, frames }: Challenged): Promise<HubStep> {
    const { key, botId, admit, clock } = this.#options;
    const verified = await verifyHandshake(frame, 'proof', {
      key: agent.jwk,
      issuer: hello.agent_id,
      audience: botId,
      now: clock.now(),
    });
    if (!verified.ok) return { close: 'AUTH_FAILED' };
    const proof = verified.body;
    if (proof.nH !== this.#nonce || proof.th !== transcript(frames)) return { close: 'AUTH_FAILED' };
    const admission = await admit(hello, proof);
    if ('close' in admission) return admission;
    const welcome = signHandshake(
      { t: 'welcome', body: this.#welcome(admission, transcript([...frames, frame])) },
      { issuer: botId, audience: hello.agent_id },
      key,
    );
    return { send: welcome, done: { version, hello, proof, agent, admission } };
  }

  #welcome({ conn, cmdAfter, evtAck }: Admission, th: string): Welcome {
    return {
      th,
      conn,
      cmd_after: cmdAfter,
      evt_ack: evtAck,
      hb: TRANSPORT.pingMs / 1000,
      limits: {
        event_bytes: JWS_BYTES.event,
        events_per_second: PER_AGENT.eventsPerSecond,
        stored_bytes_per_day: PER_AGENT.storedBytesPerDay,
      },
      min_ver: this.#options.minVersion,
      time: seconds(this.#options.clock.now()),
    };
  }
}
