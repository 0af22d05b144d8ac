import type { Clock } from '../../src/protocol/clock.ts';
import { PER_AGENT } from '../../src/protocol/limits.ts';

const DAY_MS = 24 * 3_600_000;

/** How much of each agent is stored in a day (channel.md §8). Counted by this process, from its start. */
export class DayBudget {
  readonly #clock: Clock;
  readonly #spent = new Map<string, number>();
  #day = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts the bytes and says whether they are within the day's. */
  spend(agent: string, bytes: number): boolean {
    const day = Math.floor(this.#clock.elapsed() / DAY_MS);
    if (day !== this.#day) this.#spent.clear();
    this.#day = day;
    const spent = (this.#spent.get(agent) ?? 0) + bytes;
    this.#spent.set(agent, spent);
    return spent <= PER_AGENT.storedBytesPerDay;
  }
}
