import type { AppError } from '../../shared/errors.ts';
import type { AgentSettings } from '../settings.ts';
import type { System } from '../system.ts';

/** What every exit code means; scripts depend on them. */
export const EXITS = {
  0: 'done',
  1: 'failed; the text says whether it was undone or can be resumed',
  2: 'wrong usage',
  3: 'blocked by an open decision',
  4: 'refused by policy',
  5: 'interrupted, can be resumed',
  6: 'the plan is stale',
} as const;

export type Exit = keyof typeof EXITS;

/** A command: data plus one function. */
export interface Verb {
  readonly name: string;
  /** Forms of older documents that still work. */
  readonly aliases?: readonly string[];
  /** One line for the list of commands. */
  readonly summary: string;
  /** After the name: `[SOURCE] --automated [--dry-run]`. */
  readonly usage: string;
  readonly options: Readonly<Record<string, VerbOption>>;
  /** The most arguments that it takes; undefined takes any number. */
  readonly arguments: number | undefined;
  run(call: Call): Promise<Answer>;
}

export interface VerbOption {
  readonly type: 'boolean' | 'string';
  readonly about: string;
}

/** One call of a verb, parsed and checked. */
export interface Call {
  readonly system: System;
  readonly settings: AgentSettings;
  readonly args: readonly string[];
  readonly flags: Readonly<Record<string, string | boolean | undefined>>;
  readonly json: boolean;
  readonly yes: boolean;
  readonly terminal: boolean;
  /** A line for people while the work goes on; nothing with `--json`. */
  say(line: string): void;
  /** Typed progress: a JSON line on stderr with `--json`, else nothing. */
  progress(event: object): void;
  /** Asks for a yes on a terminal. @throws CONFIRMATION_NEEDED where nobody can be asked */
  confirm(question: string): Promise<boolean>;
  /** True once a person or the system asked to stop. */
  stopAsked(): boolean;
}

export interface Answer {
  /** An exit code of `EXITS`; `exec` answers with its command's own. */
  readonly exit: number;
  readonly result: object;
  /** Lines for people, printed at the end. */
  readonly text: readonly string[];
  readonly error?: AppError | undefined;
}
