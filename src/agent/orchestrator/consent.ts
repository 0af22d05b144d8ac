import type { Program } from './program.ts';

/** A person's yes to ending what runs. Nobody else may give it: no `--yes`, and no bot by itself. */
export interface Consent {
  /** The programs that were shown. One that started since is another, and is not what the yes was for. */
  readonly programs: readonly Named[];
  /** How long a program may take to end once it was asked to. */
  readonly waitMs: number;
  /** Asked where that was not enough; true ends it at once (SIGKILL), without its last work being saved. */
  endAtOnce(program: Program): Promise<boolean>;
}

/** Enough to know a program again: its number alone may be another one's later. */
export type Named = Pick<Program, 'pid' | 'start'>;

export function wasNamed(named: readonly Named[], { pid, start }: Named): boolean {
  return named.some((one) => one.pid === pid && one.start === start);
}
