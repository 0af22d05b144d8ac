import { AppError } from '../../shared/errors.ts';
import { logFault } from '../fault-log.ts';
import { doDueLooks, nextLookIn } from '../health/due-looks.ts';
import { lookInWords } from '../health/looks.ts';
import type { AgentSettings } from '../settings.ts';
import type { System } from '../system.ts';
import type { Notices } from './local-notice.ts';
import type { Timers } from './timers.ts';

export interface LookParts {
  readonly system: System;
  readonly settings: AgentSettings;
  readonly notices: Notices;
  readonly timers: Timers;
  /** Called when the last look that was left has been done here. */
  readonly onSettled?: (() => void) | undefined;
}

/** The looks at a migrated home, done in time while the agent is connected, each told in one line. */
export class ProbationLooks {
  readonly #parts: LookParts;
  #cancel: (() => void) | undefined;
  #looking: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(parts: LookParts) {
    this.#parts = parts;
  }

  /** Waits for the next look, if one is left. Called again whenever a run may have ended. */
  plan(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#stopped) return;
    const wait = this.#guarded(() => nextLookIn(this.#parts.system, this.#parts.settings));
    if (wait !== undefined) this.#cancel = this.#parts.timers.after(wait, () => this.#look());
  }

  /** No look is begun after this, and one that was begun has ended when it returns. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel?.();
    await this.#looking;
  }

  #look(): void {
    this.#looking = this.#doDue();
  }

  async #doDue(): Promise<void> {
    const { system, settings, notices } = this.#parts;
    try {
      for (const { look } of await doDueLooks(system, settings))
        notices.notice(`looked at the new home ${lookInWords(look)}`);
    } catch (error) {
      // Not planned anew: what cannot be looked at now is due again when the agent is next started.
      this.#note(error);
      return;
    }
    this.plan();
    if (this.#cancel === undefined && !this.#stopped) this.#parts.onSettled?.();
  }

  #guarded<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      this.#note(error);
      return undefined;
    }
  }

  #note(error: unknown): void {
    const { system, settings, notices } = this.#parts;
    if (!(error instanceof AppError)) logFault(system, settings.home, error);
    else notices.notice(`the new home could not be looked at: ${error.message}`);
  }
}
