/**
 * Cuts a command line into simple commands whose words know where they stand, so that one of them can be replaced and the
 * rest keeps its bytes. Only plain commands joined by `&&`, `||`, `;`, `|` and `&` are understood, with redirections;
 * everything else (substitutions, groups, functions, here-documents) gives undefined, since its meaning is not known.
 */
export interface Word {
  readonly start: number;
  readonly end: number;
  /** Without quotes and backslashes; variables stay as they are written. */
  readonly text: string;
  readonly quoted: readonly QuotedPart[];
}

/** What is between two quotes of a word. */
export interface QuotedPart {
  readonly quote: '"' | "'";
  readonly start: number;
  readonly end: number;
}

export interface Redirection {
  /** Where the file is named; undefined for `2>&1` and the like. */
  readonly target: Word | undefined;
}

export interface SimpleCommand {
  readonly words: readonly Word[];
  readonly redirections: readonly Redirection[];
  /** What joins it to the next command; empty at the end. */
  readonly joint: '' | '&&' | '||' | ';' | '|' | '&';
}

const JOINT = /&&|\|\||;|\||&(?!>)/y;
const REDIRECTION = /(?:\d{0,2}|&)(?:>>?|<)(?!<)(&[\d-])?[ \t]*/y;
const SPACE = /[ \t]*/y;
/** Only running the line would tell what it says. */
const SUBSTITUTION = /`|\$\(/;
const GROUP = /[()`]/;

/** `operators` false: the line of a unit file, which joins no commands and redirects nothing. */
export function readCommandLine(
  text: string,
  start: number,
  end: number,
  operators = true,
): SimpleCommand[] | undefined {
  const commands: SimpleCommand[] = [];
  let words: Word[] = [];
  let redirections: Redirection[] = [];
  let at = start;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null || at + match[0].length > end) return null;
    at += match[0].length;
    return match;
  };
  const close = (joint: SimpleCommand['joint']): boolean => {
    if (words.length === 0) return false;
    commands.push({ words, redirections, joint });
    words = [];
    redirections = [];
    return true;
  };
  for (take(SPACE); at < end; take(SPACE)) {
    if (text[at] === '#') break;
    const redirection = operators ? take(REDIRECTION) : null;
    if (redirection !== null) {
      const target = redirection[1] === undefined ? readWord(text, at, end, operators) : undefined;
      if (redirection[1] === undefined && target === undefined) return undefined;
      at = target?.end ?? at;
      redirections.push({ target });
      continue;
    }
    const joint = operators ? take(JOINT)?.[0] : undefined;
    if (joint !== undefined) {
      if (!close(joint as SimpleCommand['joint'])) return undefined;
      continue;
    }
    const word = readWord(text, at, end, operators);
    if (word === undefined) return undefined;
    words.push(word);
    at = word.end;
  }
  if (words.length === 0 && redirections.length > 0) return undefined;
  close('');
  return commands;
}

function readWord(text: string, start: number, end: number, operators: boolean): Word | undefined {
  const stop = operators ? ' \t;|&<>' : ' \t';
  const quoted: QuotedPart[] = [];
  let value = '';
  let at = start;
  while (at < end && !stop.includes(text[at] as string)) {
    const char = text[at] as string;
    if (char === "'" || char === '"') {
      const close = closingQuote(text, at, end);
      if (close === undefined) return undefined;
      const inside = text.slice(at + 1, close);
      if (char === '"' && SUBSTITUTION.test(inside)) return undefined;
      quoted.push({ quote: char, start: at + 1, end: close });
      value += char === '"' ? inside.replace(/\\(["$`\\])/g, '$1') : inside;
      at = close + 1;
    } else if (char === '\\') {
      if (at + 1 >= end) return undefined;
      value += text[at + 1];
      at += 2;
    } else {
      if (operators && GROUP.test(char)) return undefined;
      value += char;
      at++;
    }
  }
  return at === start ? undefined : { start, end: at, text: value, quoted };
}

function closingQuote(text: string, open: number, end: number): number | undefined {
  for (let at = open + 1; at < end; at++) {
    if (text[at] === '\\' && text[open] === '"') at++;
    else if (text[at] === text[open]) return at;
  }
  return undefined;
}
