import type { Program } from './program.ts';

/** A person's yes to ending what runs. Nobody else may give it: no bot, no `--yes`. */
export interface Consent {
  /** How long a program may take to end once it was asked to. */
  readonly waitMs: number;
  /** Asked where that was not enough; true ends it at once (SIGKILL), without its last work being saved. */
  endAtOnce(program: Program): Promise<boolean>;
}
