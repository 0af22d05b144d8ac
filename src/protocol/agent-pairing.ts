import { randomBytes } from 'node:crypto';
import { verifyCertificate } from './certificates.ts';
import { type Clock, seconds } from './clock.ts';
import type { CloseName } from './close-codes.ts';
import type { Digest } from './digest.ts';
import { textOf } from './handshake-frames.ts';
import { botIdOf } from './ids.ts';
import { isPublicJwk, type KeyPair, type PublicJwk, type Thumbprint } from './keys.ts';
import { PAIRING, TIMES } from './limits.ts';
import {
  commitmentTo,
  type PairClaimed,
  type PairOffer,
  pairingWords,
  readPlain,
  signPairing,
  verifyPairing,
  writePlain,
} from './pairing-frames.ts';
import { transcript } from './transcript.ts';
import type { ThreeWords } from './words.ts';

export interface AgentPairingOptions {
  /** A key made for this pairing. Whatever ends it early, the key is forgotten and never written. */
  readonly key: KeyPair;
  readonly label: string;
  readonly os: string;
  readonly user: string;
  /** The Discord user name or id that was typed at the terminal. */
  readonly account: string;
  readonly clock: Clock;
  /** Only tests fix it. */
  readonly nonce?: string;
}

/** What a paired agent keeps, with its key, in one synced file. */
export interface Pins {
  readonly agentId: string;
  readonly botId: string;
  /** B. */
  readonly bot: PublicJwk;
  /** Thumbprint of N. */
  readonly next: Thumbprint;
  readonly app: string;
  readonly guild: string;
  /** Ids of the accounts that may ask for anything; first the owner. */
  readonly approvers: readonly string[];
  readonly epoch: number;
}

/** What to do now. After `close` nothing more is sent, and the key is gone. */
export type AgentPairingStep =
  /** Send it and show the words. */
  | { readonly send: Buffer; readonly words: ThreeWords }
  /** Send it; this account claimed the computer, as was typed. */
  | { readonly send: Buffer; readonly claimed: PairClaimed }
  /** Write the pins and the key, synced; only then send the acknowledgement. */
  | { readonly keep: Pins; readonly acknowledgement: Buffer }
  | { readonly close: CloseName };

interface Revealed {
  readonly offer: PairOffer;
  readonly T: Digest;
  readonly botId: string;
}
type State =
  | { readonly at: 'start' }
  | { readonly at: 'offer'; readonly begin: Buffer; readonly reveal: Buffer }
  | (Revealed & { readonly at: 'claimed' })
  | (Revealed & { readonly at: 'done'; readonly claim: PairClaimed })
  | { readonly at: 'over' };

/** The agent's side of a pairing on the bot's own machine. */
export class AgentPairing {
  readonly #options: AgentPairingOptions;
  readonly #started: number;
  #state: State = { at: 'start' };

  constructor(options: AgentPairingOptions) {
    this.#options = options;
    this.#started = options.clock.elapsed();
  }

  /** The first frame. What it commits to is complete before anything of the bot is known. */
  start(): Buffer {
    const { key, label, os, user, nonce = randomBytes(32).toString('base64url') } = this.#options;
    const reveal = writePlain({ t: 'pair.reveal', v: 1, jwk: key.publicJwk, nA: nonce, label, os, user });
    const begin = writePlain({ t: 'pair.begin', v: 1, commit: commitmentTo(reveal) });
    this.#state = { at: 'offer', begin, reveal };
    return begin;
  }

  /** One frame of the bot. While it is looked at the state is `over`, so that a second one at the same time fits nothing. */
  async onFrame(frame: Uint8Array): Promise<AgentPairingStep> {
    const state = this.#state;
    this.#state = { at: 'over' };
    if (this.#options.clock.elapsed() - this.#started > PAIRING.totalMs) return { close: 'TIMEOUT' };
    if (frame.length > PAIRING.frameBytes) return { close: 'TOO_LARGE' };
    switch (state.at) {
      case 'offer':
        return this.#onOffer(frame, state);
      case 'claimed':
        return this.#onClaimed(frame, state);
      case 'done':
        return this.#onDone(frame, state);
      default:
        return { close: 'BAD_FRAME' };
    }
  }

  async #onOffer(frame: Uint8Array, state: State & { readonly at: 'offer' }): Promise<AgentPairingStep> {
    const offer = readPlain('pair.offer', frame);
    if (offer === undefined || !isPublicJwk(offer.root)) return { close: 'BAD_FRAME' };
    const now = this.#options.clock.now();
    const left = offer.exp - seconds(now);
    if (left <= 0 || left > PAIRING.totalMs / 1000 + TIMES.aheadS) return { close: 'TIMEOUT' };
    const botId = botIdOf(offer.root);
    const certified = await verifyCertificate(offer.cert, { bot: offer.root, botId, now });
    if (!certified.ok) return { close: 'AUTH_FAILED' };
    const T = transcript([state.begin, frame, state.reveal]);
    this.#state = { at: 'claimed', offer, T, botId };
    return { send: state.reveal, words: pairingWords(T) };
  }

  async #onClaimed(frame: Uint8Array, state: Revealed): Promise<AgentPairingStep> {
    const { key } = this.#options;
    const verified = await this.#verify(frame, 'pair.claimed', state);
    if (!verified.ok) return { close: 'AUTH_FAILED' };
    const claim = verified.body;
    if (!this.#isTyped(claim.user) || claim.app !== state.offer.app) return { close: 'AUTH_FAILED' };
    const { T, botId } = state;
    const body = { T, user: { id: claim.user.id }, guild: claim.guild, app: claim.app };
    const confirm = signPairing({ t: 'pair.confirm', body }, { issuer: key.kid, audience: botId }, key);
    this.#state = { ...state, at: 'done', claim };
    return { send: confirm, claimed: claim };
  }

  async #onDone(frame: Uint8Array, state: State & { readonly at: 'done' }): Promise<AgentPairingStep> {
    const { key } = this.#options;
    const { offer, T, botId, claim } = state;
    const verified = await this.#verify(frame, 'pair.done', state);
    if (!verified.ok) return { close: 'AUTH_FAILED' };
    const { agent_id: agentId, user, guild, ep } = verified.body;
    if (user.id !== claim.user.id || guild !== claim.guild) return { close: 'AUTH_FAILED' };
    const acknowledgement = signPairing(
      { t: 'pair.ack', body: { T, agent_id: agentId } },
      { issuer: key.kid, audience: botId },
      key,
    );
    const { root: bot, next, app } = offer;
    return {
      keep: { agentId, botId, bot, next, app, guild, approvers: [user.id], epoch: ep },
      acknowledgement,
    };
  }

  #verify<T extends 'pair.claimed' | 'pair.done'>(frame: Uint8Array, t: T, { offer, T, botId }: Revealed) {
    const { key, clock } = this.#options;
    const reader = { key: offer.root, issuer: botId, audience: key.kid, now: clock.now(), T };
    return verifyPairing(textOf(frame), t, reader);
  }

  #isTyped({ id, username }: PairClaimed['user']): boolean {
    const typed = this.#options.account.trim().replace(/^@/, '').toLowerCase();
    return typed === id || typed === username;
  }
}
