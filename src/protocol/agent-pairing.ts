import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { verifyCertificate } from './certificates.ts';
import { type Clock, seconds } from './clock.ts';
import type { CloseName } from './close-codes.ts';
import type { Digest } from './digest.ts';
import { textOf } from './handshake-frames.ts';
import { botIdOf, FORMS } from './ids.ts';
import { isPublicJwk, type KeyPair, type PublicJwk, type Thumbprint } from './keys.ts';
import { PAIRING, TIMES } from './limits.ts';
import {
  commitmentTo,
  type PairClaimed,
  type PairOffer,
  pairingDigits,
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
  /** Connected over a Unix socket of this user that passed its checks: only there the bot may ask without a code. */
  readonly sameMachine: boolean;
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
  /** Send it and show the words; from another machine the code too, which is to be typed in Discord. */
  | {
      readonly send: Buffer;
      readonly words: ThreeWords;
      readonly code: string | null;
      readonly bot: OfferedBot;
    }
  /** This account claimed the computer, as was typed. Show it, ask for the six digits, and call `type` with them. */
  | { readonly askDigits: PairClaimed }
  /** Those are not the digits; they may be typed so many times more. */
  | { readonly triesLeft: number }
  /** Send it; this account claimed the computer, as was typed. */
  | { readonly send: Buffer; readonly claimed: PairClaimed }
  /** Write the pins and the key, synced; only then send the acknowledgement. */
  | { readonly keep: Pins; readonly acknowledgement: Buffer }
  | { readonly close: CloseName };

/** Whose bot it is that answers. */
export interface OfferedBot {
  readonly botId: string;
  readonly app: string;
}

interface Revealed {
  readonly offer: PairOffer;
  readonly T: Digest;
  readonly botId: string;
}
type State =
  | { readonly at: 'start' }
  | { readonly at: 'offer'; readonly begin: Buffer; readonly reveal: Buffer }
  | (Revealed & { readonly at: 'claimed' })
  | (Revealed & { readonly at: 'digits'; readonly claim: PairClaimed; readonly triesLeft: number })
  | (Revealed & { readonly at: 'done'; readonly claim: PairClaimed })
  | { readonly at: 'over' };

/** The agent's side of a pairing. */
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

  /** The six digits that Discord shows, as they were typed at the terminal. */
  type(digits: string): AgentPairingStep {
    const state = this.#state;
    this.#state = { at: 'over' };
    if (state.at !== 'digits') return { close: 'BAD_FRAME' };
    if (this.#options.clock.elapsed() - this.#started > PAIRING.totalMs) return { close: 'TIMEOUT' };
    if (isSame(digits.replace(/[\s-]/gu, ''), pairingDigits(state.T)))
      return this.#confirm(state, state.claim);
    const triesLeft = state.triesLeft - 1;
    if (triesLeft === 0) return { close: 'AUTH_FAILED' };
    this.#state = { ...state, triesLeft };
    return { triesLeft };
  }

  async #onOffer(frame: Uint8Array, state: State & { readonly at: 'offer' }): Promise<AgentPairingStep> {
    const offer = readPlain('pair.offer', frame);
    if (offer === undefined || !isPublicJwk(offer.root)) return { close: 'BAD_FRAME' };
    const { sameMachine } = this.#options;
    if (sameMachine !== (offer.code === null)) return { close: sameMachine ? 'BAD_FRAME' : 'AUTH_FAILED' };
    const now = this.#options.clock.now();
    const left = offer.exp - seconds(now);
    if (left <= 0 || left > PAIRING.totalMs / 1000 + TIMES.aheadS) return { close: 'TIMEOUT' };
    const botId = botIdOf(offer.root);
    const certified = await verifyCertificate(offer.cert, { bot: offer.root, botId, now });
    if (!certified.ok) return { close: 'AUTH_FAILED' };
    const T = transcript([state.begin, frame, state.reveal]);
    this.#state = { at: 'claimed', offer, T, botId };
    const { code, app } = offer;
    return { send: state.reveal, words: pairingWords(T), code, bot: { botId, app } };
  }

  async #onClaimed(frame: Uint8Array, state: Revealed): Promise<AgentPairingStep> {
    const verified = await this.#verify(frame, 'pair.claimed', state);
    if (!verified.ok) return { close: 'AUTH_FAILED' };
    const claim = verified.body;
    if (!this.#isTyped(claim.user) || claim.app !== state.offer.app) return { close: 'AUTH_FAILED' };
    if (this.#options.sameMachine) return this.#confirm(state, claim);
    this.#state = { ...state, at: 'digits', claim, triesLeft: PAIRING.digitTries };
    return { askDigits: claim };
  }

  #confirm(state: Revealed, claim: PairClaimed): AgentPairingStep {
    const { key } = this.#options;
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
    return new RegExp(FORMS.snowflake).test(typed) ? typed === id : typed === username;
  }
}

/** Takes as long for any two texts. */
function isSame(one: string, other: string): boolean {
  const hashed = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hashed(one), hashed(other));
}
