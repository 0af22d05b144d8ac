import { type Assignment, LineCounter, lastAssignments, utf8Of } from './assignment.ts';

/**
 * The variables that fish exports (fishshell.com/docs: "set", "Quotes"), found without running it: `set -x NAME value` in
 * its start-up files, with any further options, and `export NAME=value`. Several values are one, joined by spaces, as fish
 * gives them to programs. A value with an expansion is not known.
 */
const COMMAND = /(?:^|;|&&|\band\b|\bthen\b)[ \t]*(set|export)[ \t]+/gm;
const NAME = /^[A-Za-z_]\w*$/;
const WORD_END = /[\s;&|<>)]/;
/** Unquoted, these would be expanded. */
const EXPANDS = /[$(*?{~]/;
const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  e: '\x1b',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
};

export function readFishStart(bytes: Buffer): Assignment[] {
  const text = bytes.toString('latin1');
  const lines = new LineCounter(text);
  let found: Assignment[] = [];
  for (const match of text.matchAll(COMMAND)) {
    const lineStart = text.lastIndexOf('\n', match.index) + 1;
    if (/#/.test(text.slice(lineStart, match.index))) continue;
    const line = lines.lineAt(match.index + match[0].length);
    const words = wordsAt(text, match.index + match[0].length);
    const set = match[1] === 'set' ? setIn(words) : exportIn(words);
    if (set === undefined) continue;
    if (set.erased) found = found.filter(({ name }) => name !== set.name);
    else found.push({ name: set.name, value: set.value === undefined ? undefined : utf8Of(set.value), line });
  }
  return lastAssignments(found);
}

/** `~/.config/fish/fish_variables`, where `set -Ux` keeps what it sets: `SETUVAR --export NAME:value`. */
export function readFishVariables(bytes: Buffer): Assignment[] {
  const found = bytes
    .toString('latin1')
    .split('\n')
    .flatMap((text, at): Assignment[] => {
      const match = /^SETUVAR (?:--\w+ )*--export (?:--\w+ )*([A-Za-z_]\w*):(.*)$/.exec(text);
      if (match === null) return [];
      return [{ name: match[1] as string, value: utf8Of(withoutEscapes(match[2] as string)), line: at + 1 }];
    });
  return lastAssignments(found);
}

/** Parts of a list are divided by U+001E there. */
function withoutEscapes(text: string): string {
  return text
    .replace(/\\x1d$/, '')
    .replace(/\\(?:x([0-9a-fA-F]{2})|X([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.))/g, (_, x, big, u, other) => {
      if (u !== undefined)
        return Buffer.from(String.fromCharCode(Number.parseInt(u, 16)), 'utf8').toString('latin1');
      const code = x ?? big;
      return code === undefined ? (ESCAPES[other] ?? other) : String.fromCharCode(Number.parseInt(code, 16));
    })
    .replaceAll('\x1e', ' ');
}

interface SetCommand {
  readonly name: string;
  readonly value: string | undefined;
  readonly erased: boolean;
}

function setIn(words: readonly (string | undefined)[]): SetCommand | undefined {
  const options: string[] = [];
  let at = 0;
  for (; at < words.length && words[at]?.startsWith('-') === true; at += 1) options.push(words[at] as string);
  const name = words[at];
  if (name === undefined || !NAME.test(name)) return undefined;
  const has = (short: string, long: string) =>
    options.some((option) => option === long || (/^-\w+$/.test(option) && option.includes(short)));
  if (has('e', '--erase')) return { name, value: undefined, erased: true };
  if (!has('x', '--export') || has('q', '--query')) return undefined;
  const values = words.slice(at + 1);
  return { name, value: values.includes(undefined) ? undefined : values.join(' '), erased: false };
}

function exportIn([word, ...rest]: readonly (string | undefined)[]): SetCommand | undefined {
  const match = word === undefined ? null : /^([A-Za-z_]\w*)=(.*)$/s.exec(word);
  if (match === null || rest.length > 0) return undefined;
  return { name: match[1] as string, value: match[2], erased: false };
}

/** The words up to the end of the command; undefined for a word that would be expanded. */
function wordsAt(text: string, start: number): (string | undefined)[] {
  const words: (string | undefined)[] = [];
  for (let at = start; ; ) {
    while (text[at] === ' ' || text[at] === '\t' || (text[at] === '\\' && text[at + 1] === '\n'))
      at += text[at] === '\\' ? 2 : 1;
    const char = text[at];
    if (char === undefined || WORD_END.test(char) || char === '#') return words;
    const word = wordAt(text, at);
    words.push(word.value);
    if (word.end === at) return words;
    at = word.end;
  }
}

function wordAt(text: string, start: number): { readonly value: string | undefined; readonly end: number } {
  let value = '';
  let known = true;
  let at = start;
  for (let char = text[at]; char !== undefined && !WORD_END.test(char); char = text[at]) {
    if (char === "'" || char === '"') {
      const quoted = quotedAt(text, at, char);
      if (quoted === undefined) return { value: undefined, end: text.length };
      value += quoted.value ?? '';
      known &&= quoted.value !== undefined;
      at = quoted.end;
    } else if (char === '\\') {
      const next = text[at + 1] ?? '';
      known &&= !/[xXuUc0-7]/.test(next);
      value += next === '\n' ? '' : (ESCAPES[next] ?? next);
      at += 2;
    } else {
      known &&= !EXPANDS.test(char);
      value += char;
      at += 1;
    }
  }
  return { value: known ? value : undefined, end: at };
}

/** Undefined for a quote that is never closed; an undefined value for one with an expansion in it. */
function quotedAt(text: string, start: number, quote: string) {
  let value = '';
  let known = true;
  for (let at = start + 1; at < text.length; at += 1) {
    const char = text[at] as string;
    if (char === quote) return { value: known ? value : undefined, end: at + 1 };
    if (char === '\\') {
      const next = text[at + 1] ?? '';
      const isEscape = quote === "'" ? /['\\]/.test(next) : /["\\$\n]/.test(next);
      value += isEscape ? (next === '\n' ? '' : next) : char;
      if (isEscape) at += 1;
    } else {
      known &&= quote === "'" || (char !== '$' && !(char === '(' && text[at - 1] === '$'));
      value += char;
    }
  }
  return undefined;
}
