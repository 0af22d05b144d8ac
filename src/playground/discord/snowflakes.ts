import type { Clock } from './clock.ts';

/** Discord's epoch: ids count milliseconds from the start of 2015 (page "API reference", snowflakes). */
const EPOCH = 1_420_070_400_000n;
/** Before this an id has fewer than 17 digits, and clients of Discord no longer recognise it. */
const EARLIEST = 1_425_000_000_000;
const PER_MILLISECOND = 1n << 12n;

/** Makes ids that sort by time, of 17 to 19 digits, never the same twice. */
export class Snowflakes {
  readonly #clock: Clock;
  #last = 0n;

  /** @throws when the clock shows a time before March 2015 */
  constructor(clock: Clock) {
    if (clock.now() < EARLIEST) throw new Error('The clock must show a time after March 2015.');
    this.#clock = clock;
  }

  next(): string {
    const now = (BigInt(this.#clock.now()) - EPOCH) << 22n;
    const following = this.#last + 1n;
    const isFull = following % (1n << 22n) >= PER_MILLISECOND;
    const afterLast = isFull ? ((this.#last >> 22n) + 1n) << 22n : following;
    this.#last = now > this.#last ? now : afterLast;
    return this.#last.toString();
  }
}

/** Milliseconds since 1970 at which the id was made. */
export function snowflakeTime(id: string): number {
  return Number((BigInt(id) >> 22n) + EPOCH);
}
