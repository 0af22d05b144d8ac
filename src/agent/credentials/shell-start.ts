import { type Assignment, LineCounter, lastAssignments, utf8Of } from './assignment.ts';
import { readCommandAt, type ShellWord } from './shell-words.ts';

/**
 * The variables that a start-up file of sh, bash or zsh exports, found without running it. Such files are programs with
 * conditions, functions and here-documents, so unlike an env file they are not followed but searched:
 *
 * - A command that exports is looked for at the start of a line or after what joins commands; where it stands in a branch,
 *   the branch is taken to be run.
 * - A value is known where it is written out, or names a variable that the file set to one single value before.
 * - `unset`, and exporting again, count in the order of the text. Comments and here-documents are passed over.
 */
const VERB = String.raw`(export|declare|typeset|readonly|local|unset|set|[A-Za-z_]\w*=)`;
const JOINED = String.raw`(?:[;&{]|\bthen\b|\bdo\b|\belse\b)[ \t]*`;
const QUOTED = String.raw`"[^"\n]*"|'[^'\n]*'`;
/** At the start of a line, or behind what joins it to commands before it in the line. */
const IN_LINE = `^[ \\t]*(?:(?:[^#'"\`\\n]|${QUOTED})*?${JOINED})??${VERB}`;
const HERE_DOCUMENT = /<<-?[ \t]*(['"]?)([A-Za-z_]\w*)\1/;
const NAME = /^[A-Za-z_]\w*$/;
const ASSIGNMENT = /^([A-Za-z_]\w*)=/;
/** Names that a shell sets itself; a file that assigns them says nothing. */
const OF_THE_SHELL = /^(?:_|IFS|PWD|OLDPWD|PPID|SHLVL|SECONDS|RANDOM|LINENO)$/;

export function readShellStart(bytes: Buffer): Assignment[] {
  return new StartFile(withoutHereDocuments(bytes.toString('latin1'))).read();
}

class StartFile {
  readonly #text: string;
  readonly #lines: LineCounter;
  /** What each name was last set to, exported or not; undefined where it cannot be known. */
  readonly #values = new Map<string, string | undefined>();
  #exported: Assignment[] = [];
  readonly #marked = new Set<string>();
  #exportsAll = false;

  constructor(text: string) {
    this.#text = text;
    this.#lines = new LineCounter(text);
  }

  read(): Assignment[] {
    const inLine = new RegExp(IN_LINE, 'gm');
    const next = new RegExp(`[ \\t]*${VERB}`, 'y');
    for (let match = inLine.exec(this.#text); match !== null; ) {
      const verb = match[1] as string;
      const start = match.index + match[0].length - verb.length;
      const command = readCommandAt(this.#text, start);
      const line = this.#lines.lineAt(start);
      if (command === undefined) this.#forget(start, line);
      else this.#run(command.words, line);
      // Never back, and never into what the command's own quotes hold.
      const end = command?.end ?? start + verb.length;
      next.lastIndex = end;
      inLine.lastIndex = end;
      match = (command === undefined ? null : next.exec(this.#text)) ?? inLine.exec(this.#text);
    }
    return lastAssignments(this.#exported).filter(({ name }) => this.#marked.has(name));
  }

  #run(words: readonly ShellWord[], line: number): void {
    const [first, ...rest] = words;
    const verb = literal(first);
    if (first !== undefined && ASSIGNMENT.test(startOf(first))) {
      // `A=1 program` sets A for that program only.
      if (words.every((word) => ASSIGNMENT.test(startOf(word))))
        for (const word of words) this.#assign(word, this.#valueOf(word), line, this.#exportsAll);
    } else if (verb === 'unset') {
      for (const name of rest.map(literal)) this.#unset(name);
    } else if (verb === 'set') {
      const options = rest.map(literal).join(' ');
      if (/^(?:-[a-z]*a[a-z]*|-o allexport)$/.test(options)) this.#exportsAll = true;
      if (/^(?:\+[a-z]*a[a-z]*|\+o allexport)$/.test(options)) this.#exportsAll = false;
    } else {
      this.#declare(verb ?? '', rest, line);
    }
  }

  #declare(verb: string, words: readonly ShellWord[], line: number): void {
    const options = words.map(literal).filter((word) => word !== undefined && /^[-+]/.test(word));
    if (options.some((option) => option?.includes('n') || option?.startsWith('+'))) return;
    const exports = verb === 'export' || options.some((option) => option?.includes('x'));
    // All operands are expanded before the first is assigned.
    const values = words.map((word) => this.#valueOf(word));
    for (const [n, word] of words.entries()) {
      const name = literal(word);
      if (ASSIGNMENT.test(startOf(word))) this.#assign(word, values[n], line, exports || this.#exportsAll);
      else if (exports && name !== undefined && NAME.test(name)) this.#mark(name, line);
    }
  }

  #assign(word: ShellWord, value: string | undefined, line: number, exports: boolean): void {
    const name = ASSIGNMENT.exec(startOf(word))?.[1];
    if (name === undefined || OF_THE_SHELL.test(name)) return;
    const isSecond = this.#values.has(name) && this.#values.get(name) !== value;
    this.#values.set(name, isSecond && !exports ? undefined : value);
    if (exports || this.#marked.has(name)) this.#export(name, value, line);
  }

  #mark(name: string, line: number): void {
    if (this.#values.has(name)) this.#export(name, this.#values.get(name), line);
    else this.#marked.add(name);
  }

  #export(name: string, value: string | undefined, line: number): void {
    this.#marked.add(name);
    this.#exported.push({ name, value: value === undefined ? undefined : utf8Of(value), line });
  }

  #unset(name: string | undefined): void {
    if (name === undefined) return;
    this.#values.delete(name);
    this.#marked.delete(name);
    this.#exported = this.#exported.filter((one) => one.name !== name);
  }

  /** Of `NAME=value`: the value. */
  #valueOf({ parts }: ShellWord): string | undefined {
    let value = '';
    for (const [n, part] of parts.entries()) {
      if (part.kind === 'unknowable') return undefined;
      const isFirst = n === 0;
      if (part.kind === 'text') {
        const text = isFirst ? part.text.replace(ASSIGNMENT, '') : part.text;
        if (!part.quoted && /(?:^|[:=])~|[*?[]|\{.*[,.].*\}/.test(text)) return undefined;
        value += text;
      } else {
        const known = this.#values.get(part.name);
        if (known === undefined || (!part.quoted && !/^[\w.:/@%+,=-]+$/.test(known))) return undefined;
        value += known;
      }
    }
    return value;
  }

  /** A command that cannot be read may still name what it sets: that is said to be unknown. */
  #forget(start: number, line: number): void {
    const end = this.#text.indexOf('\n', start);
    const command = this.#text.slice(start, end === -1 ? undefined : end);
    const exports = /^(?:export|declare|typeset)\b/.test(command) || this.#exportsAll;
    const match = /^(?:(?:export|declare|typeset|readonly|local)[ \t]+(?:-\w+[ \t]+)*)?([A-Za-z_]\w*)=/.exec(
      command,
    );
    const name = match?.[1];
    if (name === undefined || OF_THE_SHELL.test(name)) return;
    this.#values.set(name, undefined);
    if (exports || this.#marked.has(name)) this.#export(name, undefined, line);
  }
}

/** The same text with blanks in the place of what here-documents hold, so that every place and line stays. */
function withoutHereDocuments(text: string): string {
  if (!text.includes('<<')) return text;
  let word: string | undefined;
  return text
    .split('\n')
    .map((line) => {
      if (word !== undefined) {
        if (line.trim() === word) word = undefined;
        return ' '.repeat(line.length);
      }
      word = /^[ \t]*#/.test(line) ? undefined : HERE_DOCUMENT.exec(line)?.[2];
      return line;
    })
    .join('\n');
}

function startOf({ parts: [start] }: ShellWord): string {
  return start?.kind === 'text' && !start.quoted ? start.text : '';
}

/** The word's text where no expansion can change it. */
function literal(word: ShellWord | undefined): string | undefined {
  if (word === undefined || !word.parts.every((part) => part.kind === 'text')) return undefined;
  return word.parts.map((part) => (part.kind === 'text' ? part.text : '')).join('');
}
