import { setImmediate } from 'node:timers/promises';
import type { ReadSystem } from '../system.ts';

const TURN_MS = 50;

/** Lets other work of the process have a turn, at most every 50 ms, so that a long loop never blocks a live agent. */
export class Pause {
  readonly #system: ReadSystem;
  #last: number;

  constructor(system: ReadSystem) {
    this.#system = system;
    this.#last = system.elapsed();
  }

  /** True when a turn is due: then `await take()`. */
  get due(): boolean {
    return this.#system.elapsed() - this.#last >= TURN_MS;
  }

  async take(): Promise<void> {
    await setImmediate();
    this.#last = this.#system.elapsed();
  }
}
