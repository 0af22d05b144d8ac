/**
 * Cuts a file that people source into simple commands and words, by the rules of POSIX 2.3 (token recognition) and 2.2
 * (quoting). Only a subset is understood; at the first thing outside of it reading stops with `BeyondSubset`, because
 * whatever comes after could change every variable. One character of the text stands for one byte.
 */
export type WordPart =
  | { readonly kind: 'text'; text: string; readonly quoted: boolean }
  | {
      readonly kind: 'variable';
      readonly name: string;
      /** Of `${NAME:-fallback}`: used when the variable is empty. */
      readonly fallback: string | undefined;
      readonly quoted: boolean;
    }
  /** Something that only running the file would tell, such as `$(date)`. */
  | { readonly kind: 'unknowable' };

export interface ShellWord {
  readonly parts: readonly WordPart[];
  /** From 1. */
  readonly line: number;
}

export interface ShellCommand {
  readonly words: readonly ShellWord[];
  /** False when the command is joined to another by `&&`, `||` or `|`: it may not run, or run in a subshell. */
  readonly alone: boolean;
  /** True for `command &`, which runs in a subshell and so sets nothing here. */
  readonly background: boolean;
}

/** Where the subset ends; caught by `readAsShell`, never shown. */
export class BeyondSubset extends Error {}

const NAME = /[A-Za-z_]\w*/y;
const BRACED = /\{([A-Za-z_]\w*)(?::-([\w.:/@+,-]*))?\}/y;
/** `${#NAME}` and `${NAME%suffix}` with its like: they change nothing, and their value is not worked out. */
const BRACED_OTHER = /\{(?:#[A-Za-z_]\w*|[A-Za-z_]\w*(?:-|:?\+|##?|%%?)[\w.:/@*?+,-]*)\}/y;
/** A substitution that plainly ends at the next `)` or backquote. What it runs cannot change a variable of ours. */
const SUBSTITUTION = /\((?![^)\n]*\bcase\b)[\w\t .:/@%+,=~*?-]*\)/y;
const BACKQUOTES = /`[\w\t .:/@%+,=~*?-]*`/y;
const WORD_END = ' \t\n;&|()<>';

/** The commands in order, each given before the next is read. Throws BeyondSubset. */
export function* readCommands(text: string): Generator<ShellCommand> {
  const reader = new WordReader(text);
  let words: ShellWord[] = [];
  let alone = true;
  let joined = false;
  for (;;) {
    const token = reader.next();
    if (typeof token !== 'string') {
      words.push(token);
      joined = false;
      continue;
    }
    if (token === '\n' && words.length === 0) continue;
    if (words.length === 0 && (joined || token !== '')) throw new BeyondSubset();
    joined = token === '&&' || token === '||' || token === '|';
    if (joined) alone = false;
    if (words.length > 0) yield { words, alone, background: token === '&' };
    if (token === '') return;
    words = [];
    if (!joined) alone = true;
  }
}

/**
 * The words of the simple command that begins at `start`, up to the line's end or an operator, and where it ends; undefined
 * where it cannot be read. Lines are counted from the command's first.
 */
export function readCommandAt(
  text: string,
  start: number,
): { readonly words: readonly ShellWord[]; readonly end: number } | undefined {
  const reader = new WordReader(text, start);
  const words: ShellWord[] = [];
  try {
    for (let token = reader.next(); ; token = reader.next()) {
      if (typeof token === 'string') return { words, end: reader.position };
      words.push(token);
    }
  } catch (error) {
    if (error instanceof BeyondSubset) return undefined;
    throw error;
  }
}

class WordReader {
  readonly #text: string;
  #at: number;
  #line = 1;
  #parts: WordPart[] = [];

  constructor(text: string, start = 0) {
    this.#text = text;
    this.#at = start;
  }

  get position(): number {
    return this.#at;
  }

  /** A word, an operator, a newline, or empty text at the end. */
  next(): ShellWord | string {
    this.#skipBlanks();
    const char = this.#text[this.#at];
    if (char === undefined) return '';
    if (!WORD_END.includes(char)) return this.#word();
    const operator = /\n|;;?|&&?|\|\|?|[()<>]/y;
    operator.lastIndex = this.#at;
    const token = operator.exec(this.#text)?.[0] ?? '';
    if (!['\n', ';', '&', '&&', '|', '||'].includes(token)) throw new BeyondSubset();
    this.#advance(token.length);
    if (token === '&' && this.#text[this.#at] === '>') throw new BeyondSubset();
    return token;
  }

  #skipBlanks(): void {
    for (;;) {
      const blanks = this.#match(/(?:[ \t]|\\\n)*/y) ?? '';
      this.#advance(blanks.length);
      if (this.#text[this.#at] !== '#') return;
      const newline = this.#text.indexOf('\n', this.#at);
      this.#at = newline === -1 ? this.#text.length : newline;
    }
  }

  #word(): ShellWord {
    const line = this.#line;
    this.#parts = [];
    for (let char = this.#text[this.#at]; char !== undefined; char = this.#text[this.#at]) {
      if (WORD_END.includes(char)) break;
      if (char === "'") this.#singleQuoted();
      else if (char === '"') this.#doubleQuoted();
      else if (char === '\\') this.#escaped();
      else this.#plain(char, false);
    }
    return { parts: this.#parts, line };
  }

  #singleQuoted(): void {
    const close = this.#text.indexOf("'", this.#at + 1);
    if (close === -1) throw new BeyondSubset();
    this.#add(this.#text.slice(this.#at + 1, close), true);
    this.#advance(close + 1 - this.#at);
  }

  #doubleQuoted(): void {
    this.#add('', true);
    this.#at += 1;
    for (let char = this.#text[this.#at]; char !== '"'; char = this.#text[this.#at]) {
      if (char === undefined) throw new BeyondSubset();
      const next = this.#text[this.#at + 1] ?? '';
      if (char !== '\\') {
        this.#plain(char, true);
      } else {
        if (next !== '\n') this.#add('$`"\\'.includes(next) ? next : char + next, true);
        this.#advance(2);
      }
    }
    this.#at += 1;
  }

  #escaped(): void {
    const next = this.#text[this.#at + 1];
    if (next === undefined) throw new BeyondSubset();
    if (next !== '\n') this.#add(next, true);
    this.#advance(2);
  }

  /** One character that is neither quote nor backslash, or the expansion that begins with it. */
  #plain(char: string, quoted: boolean): void {
    if (char === '\0') throw new BeyondSubset(); // Shells drop it or stop there.
    if (char === '`') {
      this.#unknowable(this.#match(BACKQUOTES));
    } else if (char === '$') {
      this.#at += 1;
      this.#dollar(quoted);
    } else {
      this.#add(char, quoted);
      this.#advance(1);
    }
  }

  #dollar(quoted: boolean): void {
    const next = this.#text[this.#at] ?? '';
    const name = this.#match(NAME);
    if (name !== undefined) {
      this.#parts.push({ kind: 'variable', name, fallback: undefined, quoted });
      this.#advance(name.length);
      if (this.#text.startsWith('\\\n', this.#at)) throw new BeyondSubset(); // The name goes on in the next line.
    } else if (next === '{') {
      this.#braced(quoted);
    } else if (next === '(') {
      this.#unknowable(this.#match(SUBSTITUTION));
    } else if (/[\d?$!#@*-]/.test(next)) {
      this.#unknowable(next);
    } else if (next === '[' || next === '\\' || (!quoted && /['"]/.test(next))) {
      throw new BeyondSubset(); // sh and bash read these differently.
    } else {
      this.#add('$', quoted);
    }
  }

  #braced(quoted: boolean): void {
    BRACED.lastIndex = this.#at;
    const match = BRACED.exec(this.#text);
    if (match === null) {
      this.#unknowable(this.#match(BRACED_OTHER));
      return;
    }
    this.#parts.push({ kind: 'variable', name: match[1] ?? '', fallback: match[2], quoted });
    this.#advance(match[0].length);
  }

  #unknowable(source: string | undefined): void {
    if (source === undefined) throw new BeyondSubset();
    this.#parts.push({ kind: 'unknowable' });
    this.#advance(source.length);
  }

  #add(text: string, quoted: boolean): void {
    const last = this.#parts.at(-1);
    if (last?.kind === 'text' && last.quoted === quoted) last.text += text;
    else this.#parts.push({ kind: 'text', text, quoted });
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text)?.[0];
  }

  /** Moves on and counts the lines moved over. */
  #advance(length: number): void {
    for (const end = this.#at + length; this.#at < end; this.#at += 1) {
      if (this.#text[this.#at] === '\n') this.#line += 1;
    }
  }
}
