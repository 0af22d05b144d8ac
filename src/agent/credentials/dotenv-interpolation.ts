/** Characters that all `${…}` of one file may add together: a few lines that double each other would fill the memory. */
export const INTERPOLATION_LIMIT = 4 * 1024 * 1024;

export type Interpolated = { readonly value: string } | { readonly unknown: 'too-long' | 'refers-to-unread' };

/**
 * Replaces `${NAME}` and `${NAME:-default}` as python-dotenv does: a name that is known but empty stays empty, a name
 * without a value or an unknown name without default is empty, a default is taken as it stands. Any other `${NAME:…}`
 * and a bare `$NAME` stay as text.
 */
export class Interpolation {
  readonly #values: Map<string, string | null>;
  readonly #unread = new Set<string>();
  #budget = INTERPOLATION_LIMIT;

  /** `env` are the variables known before the file; those of the file go before them. */
  constructor(env: Readonly<Record<string, string>>) {
    this.#values = new Map(Object.entries(env));
  }

  define(key: string, value: string | null): void {
    this.#values.set(key, value);
    this.#unread.delete(key);
  }

  /** From here on the name has a value that nobody could read; whatever refers to it is as unreadable. */
  defineUnread(key: string): void {
    this.#unread.add(key);
  }

  resolve(text: string): Interpolated {
    const parts: string[] = [];
    let copied = 0;
    for (const variable of findVariables(text)) {
      if (this.#unread.has(variable.name)) return { unknown: 'refers-to-unread' };
      const found = this.#values.get(variable.name);
      const replacement = (found === undefined ? variable.fallback : found) ?? '';
      this.#budget -= replacement.length;
      if (this.#budget < 0) return { unknown: 'too-long' };
      parts.push(text.slice(copied, variable.start), replacement);
      copied = variable.end;
    }
    return { value: parts.join('') + text.slice(copied) };
  }
}

interface Variable {
  readonly start: number;
  readonly end: number;
  readonly name: string;
  readonly fallback: string | undefined;
}

/** In one pass: a `${` that cannot be a variable rules out all that start before the character that says so. */
function* findVariables(text: string): Generator<Variable> {
  for (let start = text.indexOf('${'); start !== -1; ) {
    const stop = nameEnd(text, start + 2);
    if (stop === -1) return;
    const name = text.slice(start + 2, stop);
    let end = stop + 1;
    if (text[stop] === '}') {
      yield { start, end, name, fallback: undefined };
    } else if (text[stop + 1] === '-') {
      const close = text.indexOf('}', stop + 2);
      if (close === -1) return;
      end = close + 1;
      yield { start, end, name, fallback: text.slice(stop + 2, close) };
    }
    start = text.indexOf('${', end);
  }
}

function nameEnd(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '}' || text[at] === ':') return at;
  }
  return -1;
}
