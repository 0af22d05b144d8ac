/**
 * So many turns a second. Who has none left waits for the next second, and with it the paused socket: a hasty agent is
 * slowed down, nothing of it is lost, and nothing piles up here.
 */
export class Pace {
  readonly #perSecond: number;
  #left: number;
  #release: (() => void) | undefined;

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
    this.#left = perSecond;
  }

  async turn(): Promise<void> {
    if (this.#left === 0) {
      await new Promise<void>((resolve) => {
        this.#release = resolve;
      });
    }
    this.#left--;
  }

  /** A second has passed. */
  tick(): void {
    this.#left = this.#perSecond;
    this.#release?.();
    this.#release = undefined;
  }
}
