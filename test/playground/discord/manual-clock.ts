import type { Clock } from '../../../src/playground/discord/clock.ts';

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

/** Time that moves only when a test moves it. */
export class ManualClock implements Clock {
  #now = Date.UTC(2026, 10, 22, 12);
  readonly #timers = new Set<Timer>();

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, run: () => void): () => void {
    const timer = { at: this.#now + milliseconds, run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Moves time on and runs what has come due, in order. */
  advance(milliseconds: number): void {
    this.#now += milliseconds;
    const due = [...this.#timers]
      .filter(({ at }) => at <= this.#now)
      .toSorted((one, other) => one.at - other.at);
    for (const timer of due) {
      this.#timers.delete(timer);
      timer.run();
    }
  }
}
