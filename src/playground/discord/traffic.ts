import type { Clock } from './clock.ts';

/** One frame between the bot and the playground, as it went over the wire. */
export interface Frame {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly from: 'bot' | 'discord';
  readonly over: 'rest' | 'gateway';
  /** `POST /api/v10/…` for requests, the same and the status for answers; empty for the gateway. */
  readonly about: string;
  /** The body, decoded as UTF-8. */
  readonly text: string;
}

/** Everything that was said, in order, so that a test can look for what must not have been. */
export class Traffic {
  readonly frames: Frame[] = [];
  readonly #clock: Clock;
  readonly #isKept: boolean;

  constructor(clock: Clock, isKept: boolean) {
    this.#clock = clock;
    this.#isKept = isKept;
  }

  record(frame: Omit<Frame, 'at'>): void {
    if (this.#isKept) this.frames.push({ at: this.#clock.now(), ...frame });
  }

  /** Frames whose text or address holds `text`. */
  search(text: string): Frame[] {
    return this.frames.filter((frame) => frame.text.includes(text) || frame.about.includes(text));
  }
}
