import { randomBytes } from 'node:crypto';
import { type CertifiedHub, verifyCertificate } from './certificates.ts';
import type { Clock } from './clock.ts';
import type { CloseName } from './close-codes.ts';
import {
  type Challenge,
  certificatesIn,
  type Proof,
  signHandshake,
  textOf,
  VERSIONS,
  verifyHandshake,
  type Welcome,
  writeHello,
} from './handshake-frames.ts';
import { unverifiedClaims } from './jws.ts';
import type { KeyPair, PublicJwk } from './keys.ts';
import { HANDSHAKE } from './limits.ts';
import { transcript } from './transcript.ts';

export interface AgentHandshakeOptions {
  readonly agentId: string;
  readonly key: KeyPair;
  /** The pinned identity of the bot, B, and its name. */
  readonly bot: PublicJwk;
  readonly botId: string;
  /** 32 random bytes, base64url, made once by this process. */
  readonly instance: string;
  readonly boot: string;
  readonly capabilities?: readonly string[];
  /** How far this agent has come: the members of `proof` that are about itself. */
  readonly state: Omit<Proof, 'nH' | 'th'>;
  readonly clock: Clock;
  /** Only tests fix it. */
  readonly nonce?: string;
}

/** A proven connection, as the agent sees it. */
export interface AgentSession {
  readonly version: number;
  readonly hub: CertifiedHub;
  readonly welcome: Welcome;
  /** `Clock.elapsed` when `welcome.time` was true: the hub's time is that plus what elapsed since. */
  readonly welcomedAt: number;
}

/** What to do with the socket now. After `close` nothing more is sent. */
export type AgentStep =
  | { readonly send: Buffer }
  | { readonly done: AgentSession }
  | { readonly close: CloseName };

type State =
  | { readonly at: 'start' }
  | { readonly at: 'challenge'; readonly hello: Buffer }
  | {
      readonly at: 'welcome';
      readonly frames: readonly Uint8Array[];
      readonly hub: CertifiedHub;
      readonly version: number;
    }
  | { readonly at: 'over' };

/** The agent's side of the handshake. Anything that does not fit ends it; there is no second try on one connection. */
export class AgentHandshake {
  readonly #options: AgentHandshakeOptions;
  readonly #nonce: string;
  readonly #started: number;
  #state: State = { at: 'start' };

  constructor(options: AgentHandshakeOptions) {
    this.#options = options;
    this.#nonce = options.nonce ?? randomBytes(32).toString('base64url');
    this.#started = options.clock.elapsed();
  }

  /** The first frame. */
  start(): Buffer {
    const { agentId, key, instance, boot, capabilities = [] } = this.#options;
    const hello = writeHello({
      t: 'hello',
      v: [...VERSIONS],
      caps: capabilities,
      agent_id: agentId,
      kid: key.kid,
      nA: this.#nonce,
      inst: instance,
      boot,
    });
    this.#state = { at: 'challenge', hello };
    return hello;
  }

  /** One frame of the hub. While it is looked at the state is `over`, so that a second one at the same time fits nothing. */
  async onFrame(frame: Uint8Array): Promise<AgentStep> {
    const state = this.#state;
    this.#state = { at: 'over' };
    if (this.#options.clock.elapsed() - this.#started > HANDSHAKE.totalMs) return { close: 'TIMEOUT' };
    if (frame.length > HANDSHAKE.frameBytes) return { close: 'TOO_LARGE' };
    switch (state.at) {
      case 'challenge':
        return this.#onChallenge(frame, state.hello);
      case 'welcome':
        return this.#onWelcome(frame, state);
      default:
        return { close: 'BAD_FRAME' };
    }
  }

  async #onChallenge(frame: Uint8Array, hello: Buffer): Promise<AgentStep> {
    const { agentId, key, botId, state } = this.#options;
    const certificates = certificatesIn(unverifiedClaims(textOf(frame)));
    if (certificates.length === 0) return { close: 'BAD_FRAME' };
    const proven = await this.#prove(frame, certificates);
    if (proven === undefined) return { close: 'AUTH_FAILED' };
    const { hub, challenge } = proven;
    const isOurs = challenge.nA === this.#nonce && challenge.agent_id === agentId;
    if (!isOurs || challenge.th !== transcript([hello])) return { close: 'AUTH_FAILED' };
    if (!VERSIONS.includes(challenge.v)) return { close: 'VERSION' };
    const received = Buffer.from(frame);
    const th = transcript([hello, received]);
    const proof = signHandshake(
      { t: 'proof', body: { nH: challenge.nH, th, ...state } },
      { issuer: agentId, audience: botId },
      key,
    );
    this.#state = { at: 'welcome', frames: [hello, received, proof], hub, version: challenge.v };
    return { send: proof };
  }

  /** The hub that B vouches for and that signed this challenge. */
  async #prove(
    frame: Uint8Array,
    certificates: readonly string[],
  ): Promise<{ hub: CertifiedHub; challenge: Challenge } | undefined> {
    const { agentId, bot, botId, clock } = this.#options;
    const now = clock.now();
    for (const certificate of certificates) {
      const certified = await verifyCertificate(certificate, { bot, botId, now });
      if (!certified.ok) continue;
      const { hub } = certified;
      const verified = await verifyHandshake(frame, 'challenge', {
        key: hub.jwk,
        issuer: botId,
        audience: agentId,
        now,
      });
      if (verified.ok) return { hub, challenge: verified.body };
    }
    return undefined;
  }

  async #onWelcome(frame: Uint8Array, state: State & { readonly at: 'welcome' }): Promise<AgentStep> {
    const { agentId, botId, clock } = this.#options;
    const { hub, version, frames } = state;
    const verified = await verifyHandshake(frame, 'welcome', {
      key: hub.jwk,
      issuer: botId,
      audience: agentId,
      now: clock.now(),
    });
    if (!verified.ok || verified.body.th !== transcript(frames)) return { close: 'AUTH_FAILED' };
    return { done: { version, hub, welcome: verified.body, welcomedAt: clock.elapsed() } };
  }
}
