import { type Card, isSameCard } from '../src/shared/card.ts';
import type { Clock } from '../src/shared/clock.ts';
import type { DiscordPort, PortFailure } from './discord-port.ts';

/**
 * One editor for one message that is redrawn again and again (discord.md §3):
 *
 * - the latest card wins; what was overtaken is never sent;
 * - a card that looks like the one shown is not sent;
 * - at least 2 s between two edits, 10 s when the message is older than an hour, more when many cards are alive;
 * - `finish` sends without waiting (a new step, an end); what is wanted is tried again until it is shown or the message
 *   is gone.
 */
export interface LiveMessageOptions {
  readonly port: Pick<DiscordPort, 'edit'>;
  readonly channel: string;
  readonly message: string;
  /** When the message was sent, ms since 1970. */
  readonly sentAt: number;
  readonly clock: Clock;
  /** How many cards are alive, this one included: all edits together stay under 20 a second. */
  readonly alive?: () => number;
  /** Told once when there is nothing left to edit, or the bot may not. */
  readonly onLost: (why: PortFailure) => void;
}

const PACE = {
  freshMs: 2_000,
  oldMs: 10_000,
  oldAfterMs: 3_600_000,
  /** Of all cards together. */
  editsPerSecond: 20,
  /** First and longest wait after an edit that failed. */
  retryMs: 5_000,
  retryLongestMs: 60_000,
} as const;

export class LiveMessage {
  readonly #options: LiveMessageOptions;
  #wanted: Card | undefined;
  #shown: Card | undefined;
  #lastEdit = Number.NEGATIVE_INFINITY;
  #isSending = false;
  #isUrgent = false;
  #isLost = false;
  #failures = 0;
  #cancelTimer: (() => void) | undefined;
  #waiting: (() => void)[] = [];

  /** `shown` is what the message looks like now, where that is known. */
  constructor(options: LiveMessageOptions, shown?: Card) {
    this.#options = options;
    this.#shown = shown;
    if (shown !== undefined) this.#lastEdit = options.sentAt;
  }

  /** Shows this card when its time has come, unless a later one overtakes it. */
  show(card: Card): void {
    this.#wanted = card;
    this.#schedule();
  }

  /** Shows this card now. Fulfilled when it, or a later one, is shown, or when the message is lost. */
  async finish(card: Card): Promise<void> {
    this.#isUrgent = true;
    this.#wanted = card;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    this.#schedule();
    await promise;
  }

  /** Sends nothing more. */
  close(): void {
    this.#isLost = true;
    this.#settle();
  }

  #schedule(): void {
    if (this.#isSending) return;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const { clock } = this.#options;
    const isNew = this.#wanted && !(this.#shown && isSameCard(this.#wanted, this.#shown));
    if (this.#isLost || !isNew) {
      this.#settle();
      return;
    }
    const wait = this.#failures > 0 ? this.#retryMs() : this.#isUrgent ? 0 : this.#gapMs();
    const left = this.#lastEdit + wait - clock.now();
    if (left <= 0) void this.#send();
    else this.#cancelTimer = clock.after(left, () => void this.#send());
  }

  async #send(): Promise<void> {
    const card = this.#wanted;
    if (card === undefined || this.#isSending || this.#isLost) return;
    const { port, channel, message, clock, onLost } = this.#options;
    this.#isSending = true;
    const outcome = await port.edit(channel, message, card);
    this.#isSending = false;
    this.#lastEdit = clock.now();
    if (outcome === 'edited') {
      this.#shown = card;
      this.#failures = 0;
    } else if (outcome === 'failed') {
      this.#failures += 1;
    } else {
      this.#isLost = true;
      onLost(outcome);
    }
    this.#schedule();
  }

  #settle(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#wanted = undefined;
    this.#isUrgent = false;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #gapMs(): number {
    const { sentAt, clock, alive } = this.#options;
    const byAge = clock.now() - sentAt > PACE.oldAfterMs ? PACE.oldMs : PACE.freshMs;
    return Math.max(byAge, ((alive?.() ?? 1) * 1000) / PACE.editsPerSecond);
  }

  #retryMs(): number {
    return Math.min(PACE.retryLongestMs, PACE.retryMs * 2 ** (this.#failures - 1));
  }
}
