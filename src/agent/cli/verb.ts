import type { AppError } from '../../shared/errors.ts';
import type { AgentSettings } from '../settings.ts';
import type { System } from '../system.ts';

/** Every verb takes these. */
export const COMMON_OPTIONS = {
  json: { type: 'boolean', about: 'print one JSON envelope on stdout, progress as JSON lines on stderr' },
  yes: { type: 'boolean', about: 'ask nothing and take safe defaults' },
  offline: { type: 'boolean', about: 'make no network calls' },
  help: { type: 'boolean', about: 'show this help' },
} as const;

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
  /** What stands for its value in the help: `DIR`. */
  readonly value?: string;
  /** It may be given more than once: read it with `Call.all`. */
  readonly multiple?: true;
  readonly about: string;
}

/** One call of a verb, parsed and checked. */
export interface Call {
  readonly system: System;
  readonly settings: AgentSettings;
  readonly args: readonly string[];
  readonly flags: Readonly<Record<string, string | boolean | undefined>>;
  /** Every value of an option that may be given more than once, in order. */
  all(name: string): readonly string[];
  readonly json: boolean;
  readonly yes: boolean;
  readonly terminal: boolean;
  /** A line for people while the work goes on; nothing with `--json`. */
  say(line: string): void;
  /** A line that the next one replaces; only on a terminal. */
  sayNow(line: string): void;
  /** These lines in the place of the last `over` ones; only on a terminal. */
  redraw(lines: readonly string[], over: number): void;
  /** A line for people on stderr that is no part of the answer; nothing with `--json`. */
  sayAside(line: string): void;
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
  /** True where stdout belongs to somebody else: `exec` leaves it to its command. */
  readonly silent?: boolean;
}
