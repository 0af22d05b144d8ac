/**
 * The text of a block scalar (`|` or `>`) by the rules of PyYAML 6.0 (`scan_block_scalar`). The parser differs at the
 * end of a file without a line end, and for lines of spaces only that are indented more than the text.
 *
 * `header` is the offset of `|` or `>`, `parentIndent` the column (from 0) of the block collection around it, -1 at the
 * root.
 */
export function blockText(text: string, header: number, parentIndent: number): string {
  const [, style = '|', indicators = ''] = /^([|>])([-+1-9]*)/.exec(text.slice(header, header + 3)) ?? [];
  const least = Math.max(1, parentIndent + 1);
  const given = /[1-9]/.exec(indicators)?.[0];
  const lines = new Lines(text, text.indexOf('\n', header) + 1 || text.length);
  const indent = given === undefined ? Math.max(least, lines.deepestBlank()) : least + Number(given) - 1;
  let out = '';
  let lineBreak = '';
  let blank = lines.skipBlank(indent);
  let foldable = false;
  for (let line = lines.take(indent); line !== undefined; line = lines.take(indent)) {
    const folds = style === '>' && foldable && !/^[ \t]/.test(line.content);
    out += folds ? (blank === 0 ? ' ' : '') : lineBreak;
    out += '\n'.repeat(blank) + line.content;
    foldable = !/^[ \t]/.test(line.content);
    lineBreak = line.ended ? '\n' : '';
    blank = lines.skipBlank(indent);
  }
  if (indicators.includes('-')) return out;
  return out + lineBreak + (indicators.includes('+') ? '\n'.repeat(blank) : '');
}

/** A cursor over the lines from an offset on. */
class Lines {
  readonly #text: string;
  #at: number;

  constructor(text: string, at: number) {
    this.#text = text;
    this.#at = at;
  }

  /** The indentation of the first line that is not blank, or of a deeper blank line before it. */
  deepestBlank(): number {
    let deepest = 0;
    let start = this.#at;
    for (;;) {
      const content = this.#skipSpaces(start, Infinity);
      deepest = Math.max(deepest, content - start);
      const next = this.#afterBreak(content);
      if (next === undefined) return deepest;
      start = next;
    }
  }

  /** Steps over lines of at most `indent` spaces and returns how many they were. */
  skipBlank(indent: number): number {
    for (let count = 0; ; count++) {
      const next = this.#afterBreak(this.#skipSpaces(this.#at, indent));
      if (next === undefined) return count;
      this.#at = next;
    }
  }

  /** The next line without its indentation, or undefined when it is indented less or the text ends. */
  take(indent: number): { content: string; ended: boolean } | undefined {
    const start = this.#skipSpaces(this.#at, indent);
    if (start - this.#at < indent || start >= this.#text.length) return undefined;
    const found = this.#text.indexOf('\n', start);
    const end = found === -1 ? this.#text.length : found;
    this.#at = found === -1 ? end : found + 1;
    return { content: this.#text.slice(start, end).replace(/\r$/, ''), ended: found !== -1 };
  }

  #skipSpaces(from: number, most: number): number {
    let at = from;
    while (at - from < most && this.#text[at] === ' ') at++;
    return at;
  }

  #afterBreak(at: number): number | undefined {
    if (this.#text[at] === '\n') return at + 1;
    return this.#text.startsWith('\r\n', at) ? at + 2 : undefined;
  }
}
