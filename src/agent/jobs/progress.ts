import { PER_AGENT } from '../../protocol/limits.ts';
import type { PassingEvent } from '../../protocol/messages.ts';
import type { Timers } from '../channel/timers.ts';
import type { RunEvent } from '../run/phases.ts';

export type Progress = Extract<PassingEvent, { readonly t: 'job.progress' }>['body']['progress'];

const GAP_MS = 1000 / PER_AGENT.progressPerSecond;

/** At most two a second; the latest wins. */
export class ProgressPacer {
  readonly #send: (progress: Progress) => void;
  readonly #timers: Timers;
  readonly #elapsed: () => number;
  #waiting: Progress | undefined;
  #cancel: (() => void) | undefined;
  #sentAt = Number.NEGATIVE_INFINITY;

  constructor(timers: Timers, elapsed: () => number, send: (progress: Progress) => void) {
    this.#timers = timers;
    this.#elapsed = elapsed;
    this.#send = send;
  }

  tell(progress: Progress): void {
    const wait = this.#sentAt + GAP_MS - this.#elapsed();
    if (wait <= 0) {
      this.#now(progress);
      return;
    }
    this.#waiting = progress;
    this.#cancel ??= this.#timers.after(wait, () => this.#flush());
  }

  /** Nothing is sent after this. */
  end(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#waiting = undefined;
  }

  #flush(): void {
    this.#cancel = undefined;
    if (this.#waiting !== undefined) this.#now(this.#waiting);
  }

  #now(progress: Progress): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#waiting = undefined;
    this.#sentAt = this.#elapsed();
    this.#send(progress);
  }
}

/** What of a run's event may leave the machine; undefined where nothing does. */
export function progressOf(event: RunEvent): Progress | undefined {
  switch (event.type) {
    case 'phase':
      return { phase: event.phase, n: event.state === 'started' ? 0 : 1, of: 1 };
    case 'progress':
      return { phase: event.phase, n: event.n, of: event.of, bytes: event.bytes };
    case 'undoing':
      return { phase: 'rollback', n: 0, of: 1 };
    case 'kept':
      return undefined;
  }
}
