import type { Clock } from '../src/protocol/clock.ts';
import { UNPROVEN } from '../src/protocol/limits.ts';

const MINUTE_MS = 60_000;

/** How many pairings an address may begin in a minute (channel.md §8). */
export class PairingPace {
  readonly #clock: Clock;
  /** When the pairings of an address began, by a clock that only goes on; addresses in the order of their last one. */
  readonly #begun = new Map<string, number[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** False when this address began too many just now; then it does not count. */
  take(address: string): boolean {
    const now = this.#clock.elapsed();
    const recent = (this.#begun.get(address) ?? []).filter((at) => now - at < MINUTE_MS);
    this.#forgetOld(now);
    if (recent.length >= UNPROVEN.pairingsPerAddressPerMinute) return false;
    this.#begun.delete(address);
    this.#begun.set(address, [...recent, now]);
    return true;
  }

  #forgetOld(now: number): void {
    for (const [address, times] of this.#begun) {
      if (now - (times.at(-1) ?? 0) < MINUTE_MS) return;
      this.#begun.delete(address);
    }
  }
}
