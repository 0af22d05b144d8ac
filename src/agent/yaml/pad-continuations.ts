import { CST, Lexer } from 'yaml';

export interface PaddedText {
  readonly text: string;
  /** Line (from 1) to the number of spaces put before it. */
  readonly padding: ReadonlyMap<number, number>;
}

/** Each padded line costs one more pass over the text; this bounds the characters passed in all. */
const MAX_WORK = 20_000_000;
const STEP = 80;

/**
 * PyYAML ignores indentation inside [ ], { } and quotes; the parser wants such lines indented more than their key. This
 * puts spaces before the lines that the parser's lexer stumbles over, where they mean nothing, so that
 *
 *     tags: [
 *     a, b
 *     ]
 *
 * is read as Python reads it. A line that begins a document (`---`, `...`) ends the collection for both.
 */
export function padContinuations(source: string): PaddedText {
  const padding = new Map<number, number>();
  let text = source;
  for (let tries = 0; tries * text.length < MAX_WORK; tries++) {
    const at = firstUnindented(text);
    if (at === undefined || /^(?:---|\.\.\.)(?:\s|$)/.test(text.slice(at, at + 4))) break;
    const line = text.slice(0, at).split('\n').length;
    padding.set(line, (padding.get(line) ?? 0) + STEP);
    text = text.slice(0, at) + ' '.repeat(STEP) + text.slice(at);
  }
  return { text, padding };
}

/** The start of the first line inside brackets or quotes that is indented too little for the lexer. */
function firstUnindented(text: string): number | undefined {
  let offset = 0;
  let isScalar = false;
  for (const lexeme of new Lexer().lex(text)) {
    if (lexeme === CST.DOCUMENT) continue;
    if (lexeme === CST.FLOW_END)
      return offset >= text.length ? undefined : text.lastIndexOf('\n', offset - 1) + 1;
    if (lexeme === CST.SCALAR) {
      isScalar = true;
      continue;
    }
    offset += lexeme.length;
    if (!isScalar && offset < text.length && isOpenQuote(lexeme))
      return text.indexOf('\n', offset) + 1 || undefined;
    isScalar = false;
  }
  return undefined;
}

/**
 * True for the start of a quoted text that has no end. The lexer ends a quoted text at its closing quote or before the line that is indented too little, so
 * its end tells.
 */
export function isOpenQuote(lexeme: string): boolean {
  const quote = lexeme[0];
  if (quote !== '"' && quote !== "'") return false;
  const body = lexeme.slice(1);
  if (quote === "'") return (/'*$/.exec(body)?.[0].length ?? 0) % 2 === 0;
  return !body.endsWith('"') || (/\\*$/.exec(body.slice(0, -1))?.[0].length ?? 0) % 2 === 1;
}
