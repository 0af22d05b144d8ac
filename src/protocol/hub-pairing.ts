import { randomBytes } from 'node:crypto';
import { type Clock, seconds } from './clock.ts';
import type { CloseName } from './close-codes.ts';
import type { Digest } from './digest.ts';
import { textOf } from './handshake-frames.ts';
import { botIdOf } from './ids.ts';
import { isPublicJwk, type KeyPair, type PublicJwk, type Thumbprint, thumbprint } from './keys.ts';
import { PAIRING } from './limits.ts';
import {
  commitmentTo,
  type PairBegin,
  type PairClaimed,
  type PairReveal,
  pairingDigits,
  pairingWords,
  readPlain,
  signPairing,
  verifyPairing,
  writePlain,
} from './pairing-frames.ts';
import { transcript } from './transcript.ts';
import type { ThreeWords } from './words.ts';

export interface HubPairingOptions {
  /** B; only the control process holds it. */
  readonly bot: KeyPair;
  /** Thumbprint of N. */
  readonly next: Thumbprint;
  /** Certificate of the hub that the agent speaks to. */
  readonly certificate: string;
  /** Id of the bot's Discord application. */
  readonly app: string;
  /** What names this pairing in Discord; null on the bot's own machine. */
  readonly code: string | null;
  readonly clock: Clock;
  /** Only tests fix it. */
  readonly nonce?: string;
}

/** What the person is asked in Discord. The three texts come from a stranger: escape them. */
export interface PairingQuestion {
  readonly label: string;
  readonly os: string;
  readonly user: string;
  readonly words: ThreeWords;
  /** Six digits, to be shown only to who claims a computer that asked with a code. */
  readonly digits: string;
  readonly jwk: PublicJwk;
}

/** What to do now. After `close` nothing more is sent. */
export type HubPairingStep =
  | { readonly send: Buffer }
  /** Ask the person, then call `claim`, or close with AUTH_FAILED. */
  | { readonly ask: PairingQuestion }
  /** Store the agent with its key, then call `finish` with the id that it got. */
  | { readonly confirmed: { readonly jwk: PublicJwk; readonly user: string; readonly guild: string } }
  /** The agent has written everything down. */
  | { readonly paired: { readonly agentId: string } }
  | { readonly close: CloseName };

interface Revealed {
  readonly reveal: PairReveal;
  readonly T: Digest;
}
type Claim = Pick<PairClaimed, 'user' | 'guild'>;
type State =
  | { readonly at: 'begin' }
  | { readonly at: 'reveal'; readonly begin: PairBegin; readonly frames: readonly Uint8Array[] }
  | (Revealed & { readonly at: 'answer' })
  | (Revealed & { readonly at: 'confirm'; readonly claim: Claim })
  | (Revealed & { readonly at: 'record'; readonly claim: Claim })
  | (Revealed & { readonly at: 'ack'; readonly agentId: string })
  | { readonly at: 'over' };

/** The bot's side of a pairing; it begins with the agent's first frame. */
export class HubPairing {
  readonly #options: HubPairingOptions;
  readonly #botId: string;
  readonly #started: number;
  #state: State = { at: 'begin' };

  constructor(options: HubPairingOptions) {
    this.#options = options;
    this.#botId = botIdOf(options.bot.publicJwk);
    this.#started = options.clock.elapsed();
  }

  /** One frame of the agent. While it is looked at the state is `over`, so that a second one at the same time fits nothing. */
  async onFrame(frame: Uint8Array): Promise<HubPairingStep> {
    const state = this.#state;
    this.#state = { at: 'over' };
    if (this.#isLate()) return { close: 'TIMEOUT' };
    if (frame.length > PAIRING.frameBytes) return { close: 'TOO_LARGE' };
    switch (state.at) {
      case 'begin':
        return this.#onBegin(frame);
      case 'reveal':
        return this.#onReveal(frame, state);
      case 'confirm':
        return this.#onConfirm(frame, state);
      case 'ack':
        return this.#onAck(frame, state);
      default:
        return { close: 'BAD_FRAME' };
    }
  }

  /** Somebody said yes in Discord: tells the agent who that was. Closes when it was not asked, or too late. */
  claim(user: PairClaimed['user'], guild: string): HubPairingStep {
    const state = this.#state;
    this.#state = { at: 'over' };
    if (state.at !== 'answer') return { close: 'BAD_FRAME' };
    if (this.#isLate()) return { close: 'TIMEOUT' };
    this.#state = { ...state, at: 'confirm', claim: { user, guild } };
    const body = { T: state.T, user, guild, app: this.#options.app };
    return { send: this.#sign({ t: 'pair.claimed', body }, state) };
  }

  /** The agent is in the bot's records under this id: tells it. */
  finish(agentId: string): HubPairingStep {
    const state = this.#state;
    this.#state = { at: 'over' };
    if (state.at !== 'record') return { close: 'BAD_FRAME' };
    const { user, guild } = state.claim;
    this.#state = { at: 'ack', reveal: state.reveal, T: state.T, agentId };
    const body = { T: state.T, agent_id: agentId, user: { id: user.id }, guild, ep: 1 as const };
    return { send: this.#sign({ t: 'pair.done', body }, state) };
  }

  #onBegin(frame: Uint8Array): HubPairingStep {
    const { bot, next, certificate, app, code, clock } = this.#options;
    const begin = readPlain('pair.begin', frame);
    if (begin === undefined) return { close: 'BAD_FRAME' };
    const offer = writePlain({
      t: 'pair.offer',
      v: 1,
      root: bot.publicJwk,
      next,
      cert: certificate,
      app,
      nH: this.#options.nonce ?? randomBytes(32).toString('base64url'),
      code,
      exp: seconds(clock.now()) + PAIRING.totalMs / 1000,
    });
    this.#state = { at: 'reveal', begin, frames: [Buffer.from(frame), offer] };
    return { send: offer };
  }

  #onReveal(frame: Uint8Array, { begin, frames }: State & { readonly at: 'reveal' }): HubPairingStep {
    if (commitmentTo(frame) !== begin.commit) return { close: 'AUTH_FAILED' };
    const reveal = readPlain('pair.reveal', frame);
    if (reveal === undefined || !isPublicJwk(reveal.jwk)) return { close: 'BAD_FRAME' };
    const T = transcript([...frames, frame]);
    this.#state = { at: 'answer', reveal, T };
    const { label, os, user, jwk } = reveal;
    return { ask: { label, os, user, jwk, words: pairingWords(T), digits: pairingDigits(T) } };
  }

  async #onConfirm(frame: Uint8Array, state: State & { readonly at: 'confirm' }): Promise<HubPairingStep> {
    const { claim, reveal, T } = state;
    const verified = await this.#verify(frame, 'pair.confirm', state);
    if (!verified.ok) return { close: 'AUTH_FAILED' };
    const { user, guild, app } = verified.body;
    const isSame = user.id === claim.user.id && guild === claim.guild && app === this.#options.app;
    if (!isSame) return { close: 'AUTH_FAILED' };
    this.#state = { at: 'record', reveal, T, claim };
    return { confirmed: { jwk: reveal.jwk, user: user.id, guild } };
  }

  async #onAck(frame: Uint8Array, state: State & { readonly at: 'ack' }): Promise<HubPairingStep> {
    const verified = await this.#verify(frame, 'pair.ack', state);
    if (!verified.ok || verified.body.agent_id !== state.agentId) return { close: 'AUTH_FAILED' };
    return { paired: { agentId: state.agentId } };
  }

  #sign(frame: Parameters<typeof signPairing>[0], { reveal }: Revealed): Buffer {
    const parties = { issuer: this.#botId, audience: thumbprint(reveal.jwk) };
    return signPairing(frame, parties, this.#options.bot);
  }

  #verify<T extends 'pair.confirm' | 'pair.ack'>(frame: Uint8Array, t: T, { reveal, T }: Revealed) {
    const issuer = thumbprint(reveal.jwk);
    const now = this.#options.clock.now();
    return verifyPairing(textOf(frame), t, { key: reveal.jwk, issuer, audience: this.#botId, now, T });
  }

  #isLate(): boolean {
    return this.#options.clock.elapsed() - this.#started > PAIRING.totalMs;
  }
}
