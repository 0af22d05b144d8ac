import type { Clock } from '../../protocol/clock.ts';
import { TIMES } from '../../protocol/limits.ts';

/**
 * Two clocks: *local* is the system's, *hub* is what the hub said when it welcomed us plus what elapsed since on a clock
 * that never jumps. Reads go by the hub's; a write needs the two to agree, and is late as soon as one of them says so.
 */
export class Clocks {
  readonly #clock: Clock;
  readonly #welcomeMs: number;
  readonly #welcomedAt: number;
  readonly #apartAtWelcome: boolean;

  /** `welcomeS`: seconds since 1970, as the hub said at `welcomedAt` of `clock.elapsed`. */
  constructor(clock: Clock, welcomeS: number, welcomedAt: number) {
    this.#clock = clock;
    this.#welcomeMs = welcomeS * 1000;
    this.#welcomedAt = welcomedAt;
    this.#apartAtWelcome = this.areApart;
  }

  local(): Date {
    return this.#clock.now();
  }

  hub(): Date {
    return new Date(this.#welcomeMs + this.#clock.elapsed() - this.#welcomedAt);
  }

  /** For what we sign: a time ahead of the hub's would be refused there, and everything after it in the chain. */
  earlier(): Date {
    return new Date(Math.min(this.local().getTime(), this.hub().getTime()));
  }

  later(): Date {
    return new Date(Math.max(this.local().getTime(), this.hub().getTime()));
  }

  /** They differ by more than a write allows. */
  get areApart(): boolean {
    return Math.abs(this.local().getTime() - this.hub().getTime()) > TIMES.clockDifferenceS * 1000;
  }

  /** They agreed when the connection was made: the machine slept or its clock was set. A new connection measures again. */
  get haveParted(): boolean {
    return this.areApart && !this.#apartAtWelcome;
  }
}
