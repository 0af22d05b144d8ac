/**
 * Cuts the text of an env file into statements exactly where python-dotenv (0.21 and 1.x) does. What may surprise:
 *
 * - White space is Python's `\s`, so a form feed or U+0085 separates, and U+FEFF does not.
 * - `export` counts only with white space after it; a name is anything without `=`, `#` and white space, or `'quoted'`.
 * - A quoted value ends at the first quote without a backslash before it (even if that backslash is itself escaped); if
 *   there is none, at the last quote that has one. It may span lines.
 * - An unquoted value ends at white space followed by `#`, but directly after `=` a `#` belongs to the value.
 * - A statement that cannot be read ends at the end of the line where reading stopped.
 */
export type StatementFault = 'no-name' | 'open-quote' | 'text-after-value';

export interface Statement {
  /** Undefined for a comment and for a statement that cannot be read. */
  readonly key: string | undefined;
  /** Null for a name without `=`. Escapes are decoded, `${…}` is not yet replaced. */
  readonly value: string | null;
  /** The line of the statement's first character, from 1. */
  readonly line: number;
  /** The statement as it stands in the file, without blank lines before it, with its line end. */
  readonly raw: string;
  readonly fault: StatementFault | undefined;
}

const BLANKS = '\\t\\v\\f \\x1c-\\x1f\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const SPACE = new RegExp(`[${BLANKS}\\n]`);
const SPACES = new RegExp(`[${BLANKS}\\n]*`, 'y');
const BLANK_RUN = new RegExp(`[${BLANKS}]*`, 'y');
const EXPORT = new RegExp(`export[${BLANKS}]+`, 'y');
const NAME = new RegExp(`[^=#${BLANKS}\\n]*`, 'y');
const QUOTED_NAME = /'([^']+)'/y;
const COMMENT = new RegExp(`[${BLANKS}]*#[^\\n]*`, 'y');
const LINE_REST = /[^\n]*\n?/y;

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** The statements of a text whose line ends are all `\n`, comments included, in order. */
export function readStatements(text: string): Statement[] {
  const statements: Statement[] = [];
  const reader = new StatementReader(text);
  for (let next = reader.next(); next !== undefined; next = reader.next()) statements.push(next);
  return statements;
}

class StatementReader {
  readonly #text: string;
  #at = 0;
  #line = 1;
  #lineKnownAt = 0;

  constructor(text: string) {
    this.#text = text;
  }

  next(): Statement | undefined {
    this.#take(SPACES);
    if (this.#at >= this.#text.length) return undefined;
    const start = this.#at;
    const line = this.#lineAt(start);
    const parsed = this.#parse();
    if (typeof parsed === 'string') this.#take(LINE_REST);
    const raw = this.#text.slice(start, this.#at);
    return typeof parsed === 'string'
      ? { key: undefined, value: null, line, raw, fault: parsed }
      : { ...parsed, line, raw, fault: undefined };
  }

  /** Leaves the position where reading stopped, also for a fault. */
  #parse(): { key: string | undefined; value: string | null } | StatementFault {
    this.#take(EXPORT);
    const key = this.#name();
    if (key === '') return 'no-name';
    this.#take(BLANK_RUN);
    let value: string | null = null;
    if (this.#peek() === '=') {
      this.#at += 1;
      this.#take(BLANK_RUN);
      const taken = this.#value();
      if (taken === undefined) return 'open-quote';
      value = taken;
    }
    this.#take(COMMENT);
    const end = this.#at;
    this.#take(BLANK_RUN);
    if (this.#at < this.#text.length && this.#peek() !== '\n') {
      this.#at = end;
      return 'text-after-value';
    }
    this.#at += 1;
    return { key, value };
  }

  /** Empty text when there is no name, undefined when a comment stands in its place. */
  #name(): string | undefined {
    if (this.#peek() === '#') return undefined;
    if (this.#peek() !== "'") return this.#take(NAME);
    return this.#take(QUOTED_NAME).slice(1, -1);
  }

  #value(): string | undefined {
    const first = this.#peek();
    if (first === "'") return this.#quoted("'")?.replace(/\\([\\'])/g, '$1');
    if (first === '"')
      return this.#quoted('"')?.replace(/\\([\\'"abfnrtv])/g, (_, char: string) => ESCAPES[char] ?? char);
    return this.#unquoted();
  }

  #quoted(quote: string): string | undefined {
    const open = this.#at;
    let close = this.#text.indexOf(quote, open + 1);
    let escaped = -1;
    while (close !== -1 && this.#text[close - 1] === '\\') {
      escaped = close;
      close = this.#text.indexOf(quote, close + 1);
    }
    if (close === -1) close = escaped;
    if (close === -1) return undefined;
    this.#at = close + 1;
    return this.#text.slice(open + 1, close);
  }

  #unquoted(): string {
    const newline = this.#text.indexOf('\n', this.#at);
    const whole = this.#text.slice(this.#at, newline === -1 ? undefined : newline);
    this.#at += whole.length;
    let end = whole.length;
    for (let hash = whole.indexOf('#', 1); hash !== -1; hash = whole.indexOf('#', hash + 1)) {
      if (!SPACE.test(whole[hash - 1]!)) continue;
      end = hash;
      break;
    }
    while (end > 0 && SPACE.test(whole[end - 1]!)) end -= 1;
    return whole.slice(0, end);
  }

  #peek(): string | undefined {
    return this.#text[this.#at];
  }

  /** Moves past what the sticky pattern matches here and returns it; nothing if it does not match. */
  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const taken = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += taken.length;
    return taken;
  }

  #lineAt(position: number): number {
    for (let at = this.#lineKnownAt; ; at += 1) {
      at = this.#text.indexOf('\n', at);
      if (at === -1 || at >= position) break;
      this.#line += 1;
    }
    this.#lineKnownAt = position;
    return this.#line;
  }
}
