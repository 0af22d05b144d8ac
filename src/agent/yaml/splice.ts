/** Puts `by` in place of the text from `start` to `end`. Line ends in `by` are line feeds. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly by: string;
}
