/**
 * What `sh` gives for an env file that people source with `set -a; . file`, worked out without running anything.
 *
 * - Understood are assignments, `export`, quotes, escapes, comments, and `$NAME`, `${NAME}`, `${NAME:-word}` of names
 *   assigned earlier in the file. Any other command is taken as a program, which cannot change our variables.
 * - A name whose value depends on the environment, on running something, or on which shell it is (dash and bash differ)
 *   is there without a value.
 * - A name that is not there is not set by sh: `KEY = x` runs `KEY`, and `KEY=a b` runs `b`.
 * - From a construct that could change anything (`if`, `eval`, `unset`, a function, a syntax error, …) no name of the file
 *   has a value, neither before nor after; a name that such a construct sets in disguise may then be missing.
 */
import {
  BeyondSubset,
  readCommands,
  type ShellCommand,
  type ShellWord,
  type WordPart,
} from './shell-words.ts';

export interface ShellReading {
  /** Undefined where only running the file would tell, or where the bytes are not UTF-8. */
  readonly value: string | undefined;
  /** The line of the last assignment, from 1. */
  readonly line: number;
}

const ASSIGNMENT = /^([A-Za-z_]\w*)=/;
/** Appending: bash assigns, dash looks for a program of that name. */
const APPENDING = /^([A-Za-z_]\w*)\+=/;
/** An array element in bash, which looks for the `]` also in the lines after it. */
const ELEMENT = /^[A-Za-z_]\w*\[/;
const ANY_ASSIGNMENT = /(?<!\w)\d*([A-Za-z_]\w*)(?=\+?=|\[)/g;

/** Reserved words, and builtins of dash or bash that can set, unset or freeze variables, or end the file. */
const CAN_CHANGE_VARIABLES = new Set(
  `! { } if then elif else fi for while until do done case esac select function time coproc [[
   . : source eval exec exit return logout break continue shift set unset export readonly read getopts trap
   local declare typeset let printf mapfile readarray alias unalias command builtin enable shopt`.split(
    /\s+/,
  ),
);

/** Names that a shell sets itself, forbids to set, or gives another meaning. */
const OF_THE_SHELL =
  /^(?:_|PWD|OLDPWD|U?ID|EUID|GROUPS|PPID|RANDOM|SRANDOM|SECONDS|EPOCH\w*|LINENO|OPTIND|OPTARG|SHELLOPTS|BASH\w*|DIRSTACK|FUNCNAME|HISTCMD|PIPESTATUS|POSIXLY_CORRECT)$/;

/** A result of an unquoted expansion that word splitting and pathname expansion leave as it is. */
const SPLITS_NOWHERE = /^[\w.:/@%+,=-]*$/;

/** Bytes that all values of one file may hold together: a few lines that double each other would fill the memory. */
const TOTAL_LIMIT = 32 * 1024 * 1024;

/** What is assigned so far, one character for one byte. */
class Variables {
  readonly #readings = new Map<string, ShellReading>();
  #total = 0;

  get(name: string): string | undefined {
    return this.#readings.get(name)?.value;
  }

  set(name: string, value: string | undefined, line: number): void {
    this.#total += value?.length ?? 0;
    if (this.#total > TOTAL_LIMIT) throw new BeyondSubset();
    this.#readings.set(name, { value, line });
  }

  read(): Map<string, ShellReading> {
    const readings = new Map<string, ShellReading>();
    for (const [name, { value, line }] of this.#readings)
      readings.set(name, { value: value === undefined ? undefined : utf8(value), line });
    return readings;
  }
}

/** Never throws and never executes anything. */
export function readAsShell(bytes: Buffer): Map<string, ShellReading> {
  const text = bytes.toString('latin1');
  const variables = new Variables();
  try {
    for (const command of readCommands(text)) run(command, variables);
  } catch (error) {
    if (!(error instanceof BeyondSubset)) throw error;
    return allUnknown(text);
  }
  return variables.read();
}

function run(command: ShellCommand, variables: Variables): void {
  const { words, alone, background } = command;
  const first = words.findIndex((word) => !ASSIGNMENT.test(unquotedStart(word)));
  if (words.some((word) => ELEMENT.test(unquotedStart(word)))) throw new BeyondSubset();
  if (first !== -1 && APPENDING.test(unquotedStart(words[first]!))) {
    for (const word of words) forget(word, variables);
    return;
  }
  const name = first === -1 ? undefined : literal(words[first]!);
  if (first === 0 && name === 'export' && alone && !background) {
    runExport(words.slice(1), variables);
    return;
  }
  if (
    first === 0 &&
    name === 'set' &&
    /^(?:[-+]a|[-+]o allexport)$/.test(words.slice(1).map(literal).join(' '))
  )
    return;
  if (name !== undefined && CAN_CHANGE_VARIABLES.has(name)) throw new BeyondSubset();
  if (first !== -1 || background) return;
  for (const word of words)
    assign(word, alone ? evaluate(valueParts(word), variables) : undefined, variables);
}

/** All operands are expanded before the first is assigned; POSIX calls `export` a special builtin: its errors are fatal. */
function runExport(operands: readonly ShellWord[], variables: Variables): void {
  const assignments: [ShellWord, string | undefined][] = [];
  for (const word of operands) {
    const start = word.parts[0];
    if (start?.kind === 'text' && ASSIGNMENT.test(start.text)) {
      const parts = valueParts(word);
      assignments.push([
        word,
        parts.some((part) => maySplit(part, variables)) ? undefined : evaluate(parts, variables),
      ]);
    } else if (!/^[A-Za-z_]\w*$/.test(literal(word))) throw new BeyondSubset();
  }
  for (const [word, value] of assignments) assign(word, value, variables);
}

function assign(word: ShellWord, value: string | undefined, variables: Variables): void {
  const start = word.parts[0];
  const name = start?.kind === 'text' ? ASSIGNMENT.exec(start.text)?.[1] : undefined;
  if (name === undefined || name === 'IFS') throw new BeyondSubset(); // IFS changes how all that follows is split.
  variables.set(name, OF_THE_SHELL.test(name) ? undefined : value, word.line);
}

function forget(word: ShellWord, variables: Variables): void {
  const start = unquotedStart(word);
  const name = (ASSIGNMENT.exec(start) ?? APPENDING.exec(start))?.[1];
  if (name !== undefined) variables.set(name, undefined, word.line);
}

function evaluate(parts: readonly WordPart[], variables: Variables): string | undefined {
  let value = '';
  for (const part of parts) {
    const text = evaluatePart(part, variables);
    if (text === undefined) return undefined;
    value += text;
    if (value.length > TOTAL_LIMIT) throw new BeyondSubset();
  }
  return value;
}

function evaluatePart(part: WordPart, variables: Variables): string | undefined {
  if (part.kind === 'unknowable') return undefined;
  // A tilde there becomes a home folder, in bash also after a further `=`.
  if (part.kind === 'text') return !part.quoted && /(?:^|[:=])~/.test(part.text) ? undefined : part.text;
  const known = variables.get(part.name);
  return known === '' ? (part.fallback ?? '') : known;
}

/** Old shells split and expand the operands of `export` like any other word, new ones do not. */
function maySplit(part: WordPart, variables: Variables): boolean {
  if (part.kind === 'unknowable' || part.quoted) return false;
  if (part.kind === 'text') return /[*?[{]/.test(part.text);
  return !SPLITS_NOWHERE.test(evaluatePart(part, variables) ?? '');
}

/** The parts after `NAME=`. */
function valueParts({ parts }: ShellWord): WordPart[] {
  const [start, ...rest] = parts;
  if (start?.kind !== 'text') return [...parts];
  return [{ ...start, text: start.text.replace(ASSIGNMENT, '') }, ...rest];
}

function unquotedStart({ parts: [start] }: ShellWord): string {
  return start?.kind === 'text' && !start.quoted ? start.text : '';
}

/** The word's text if no expansion can change it; throws BeyondSubset otherwise, since it may then be any command. */
function literal({ parts }: ShellWord): string {
  return parts
    .map((part) => {
      if (part.kind !== 'text' || (!part.quoted && /[*?[{~]/.test(part.text))) throw new BeyondSubset();
      return part.text;
    })
    .join('');
}

/** Every name that the text seems to assign, wherever it stands. */
function allUnknown(text: string): Map<string, ShellReading> {
  const unknown = new Map<string, ShellReading>();
  let line = 1;
  let countedTo = 0;
  for (const match of text.matchAll(ANY_ASSIGNMENT)) {
    for (; countedTo < match.index; countedTo += 1) if (text[countedTo] === '\n') line += 1;
    unknown.set(match[1] ?? '', { value: undefined, line });
  }
  return unknown;
}

function utf8(bytes: string): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(bytes, 'latin1'));
  } catch {
    return undefined;
  }
}
