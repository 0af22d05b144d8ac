import { CST, Lexer } from 'yaml';
import { MAX_NODES } from './limits.ts';
import { isOpenQuote } from './pad-continuations.ts';
import { syntaxRefusal } from './syntax-words.ts';
import { YamlRefusal } from './yaml-problem.ts';

/**
 * Where PyYAML's scanner is stricter than YAML 1.2, or reads a form differently, the parser alone would accept what
 * Python refuses. These checks run over its tokens before anything is composed:
 * - a tab may stand only in comments, quotes and block scalars (also not after a value, nor before a comment);
 * - inside [ ] and { } a plain value has no `?`, and does not begin with `:`;
 * - anchors and aliases are letters, digits, `-` and `_`;
 * - a tag is followed by white space;
 * - a byte order mark stands only at the very beginning;
 * - only a comment may follow the header of a block scalar;
 * - of the directives, only one `%YAML 1.x` is taken (PyYAML also knows `%TAG`; no settings file needs it).
 */
export function refuseTokens(text: string): void {
  refuseCharacters(text);
  let offset = 0;
  let flow = 0;
  let scalar: 'none' | 'plain' | 'block' = 'none';
  let afterHeader = false;
  let scalars = 0;
  for (const lexeme of new Lexer().lex(text)) {
    if (lexeme === CST.DOCUMENT) continue;
    if (lexeme === CST.FLOW_END) {
      flow = 0;
      continue;
    }
    if (lexeme === CST.SCALAR) {
      scalars += 1;
      if (scalars > MAX_NODES) throw tooLarge(offset);
      scalar = afterHeader ? 'block' : 'plain';
      continue;
    }
    if (scalar === 'block') refuseBlockText(lexeme, offset);
    if (scalar === 'plain') refusePlain(lexeme, offset, flow > 0);
    if (scalar === 'none') {
      const type = CST.tokenType(lexeme);
      if (type === 'flow-map-start' || type === 'flow-seq-start') flow += 1;
      if (type === 'flow-map-end' || type === 'flow-seq-end') flow = Math.max(0, flow - 1);
      if (afterHeader && !(type !== null && BETWEEN.has(type)))
        throw syntaxRefusal('UNEXPECTED_TOKEN', offset);
      refuseToken(type, lexeme, offset, text[offset + lexeme.length] ?? '\n');
      afterHeader = type === 'block-scalar-header' || (afterHeader && type !== null && BETWEEN.has(type));
    } else {
      afterHeader = false;
    }
    scalar = 'none';
    offset += lexeme.length;
  }
}

const BETWEEN: ReadonlySet<string> = new Set(['space', 'comment', 'newline']);

/** The characters that PyYAML's reader takes (`Reader.NON_PRINTABLE`), and the separators that we do not fold. */
function refuseCharacters(text: string): void {
  const bad = /[^\t\n\r\x20-\x7e\xa0-\ufffd]|[\u2028\u2029]/.exec(text);
  if (bad === null) return;
  const code = bad[0].charCodeAt(0);
  if (code === 0x2028 || code === 0x2029) {
    throw new YamlRefusal(
      'line-separator',
      bad.index,
      'A Unicode line separator (U+2028 or U+2029) stands here, which Python takes for the end of a line.',
      'Remove the character, or write it as \\L or \\P in double quotes.',
    );
  }
  throw new YamlRefusal(
    'control-character',
    bad.index,
    `The control character U+${code.toString(16).toUpperCase().padStart(4, '0')} stands here, which YAML does not allow.`,
    'Remove the character; is this really a text file?',
  );
}

function refusePlain(lexeme: string, offset: number, inFlow: boolean): void {
  const tab = lexeme.indexOf('\t');
  if (tab !== -1) throw tabRefusal(offset + tab);
  const mark = inFlow ? (lexeme.startsWith(':') ? 0 : lexeme.indexOf('?')) : -1;
  if (mark === -1) return;
  throw new YamlRefusal(
    'syntax',
    offset + mark,
    'Python does not take an unquoted value with this character between brackets.',
    'Put the value in quotes.',
  );
}

/**
 * PyYAML takes a line of white space with a tab for text only when it is indented like the text. Without any text it is
 * not certain what the indentation is.
 */
function refuseBlockText(lexeme: string, offset: number): void {
  if (!lexeme.includes('\t')) return;
  const lines = lexeme.split(/\r?\n/);
  const first = lines.find((line) => /[^ ]/.test(line)) ?? '';
  const indent = /[^ \t]/.test(first) ? first.search(/[^ ]/) : Infinity;
  if (lines.some((line) => /^ *\t[ \t]*$/.test(line) && line.indexOf('\t') < indent))
    throw tabRefusal(offset);
}

function refuseToken(
  type: ReturnType<typeof CST.tokenType>,
  lexeme: string,
  offset: number,
  next: string,
): void {
  if (isOpenQuote(lexeme)) throw syntaxRefusal('MISSING_CHAR', offset);
  if (type === 'space') {
    const tab = lexeme.indexOf('\t');
    if (tab !== -1) throw tabRefusal(offset + tab);
  }
  if (type === 'directive-line' && !/^%YAML 1\.[0-9]+$/.test(lexeme))
    throw syntaxRefusal('BAD_DIRECTIVE', offset);
  if (type === 'byte-order-mark') {
    throw new YamlRefusal(
      'byte-order-mark',
      offset,
      'A byte order mark stands inside the file.',
      'Remove it.',
    );
  }
  if ((type === 'anchor' || type === 'alias') && (!/^.[0-9A-Za-z_-]+$/.test(lexeme) || /[[{]/.test(next))) {
    throw new YamlRefusal(
      'syntax',
      offset,
      'A value begins with & or *, which makes it an anchor or alias, but its name is none that Python takes.',
      'Put the value in quotes.',
    );
  }
  if (type === 'tag' && !/\s/.test(next)) {
    throw new YamlRefusal(
      'syntax',
      offset,
      'A value begins with ! and is no tag that Python takes.',
      'Put it in quotes.',
    );
  }
}

function tooLarge(offset: number): YamlRefusal {
  const message = `The file has more than ${MAX_NODES} values.`;
  return new YamlRefusal('too-large', offset, message, 'Is this really a settings file?');
}

function tabRefusal(offset: number): YamlRefusal {
  return new YamlRefusal(
    'tab',
    offset,
    'A tab stands where Python allows only spaces.',
    'Replace it with spaces.',
  );
}
