import { LineCounter } from 'yaml';

/** Where an offset of the parsed text lies in the person's file. */
export class SourceLines {
  readonly #lines = new LineCounter();
  readonly #padding: ReadonlyMap<number, number>;

  /** `padding`: line (from 1) to the number of spaces that `padContinuations` put before it. */
  constructor(text: string, padding: ReadonlyMap<number, number>) {
    this.#padding = padding;
    this.#lines.addNewLine(0);
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1))
      this.#lines.addNewLine(at + 1);
  }

  /** Line and column, from 1. */
  place(offset: number): { line: number; column: number } {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col - (this.#padding.get(line) ?? 0), 1) };
  }
}
