import { type Assignment, LineCounter, lastAssignments, utf8Of } from './assignment.ts';

/**
 * A file of `EnvironmentFile=` (systemd.exec(5)): like a shell's assignments, but nothing is expanded. Lines beginning
 * with `#` or `;` are comments; a value may begin with quoted parts, over several lines; after them a backslash takes
 * the next character as it is and joins lines; blanks at the end of an unquoted value go away.
 */
const NAME = /^[A-Za-z_]\w*$/;

export function readSystemdEnvFile(bytes: Buffer): Assignment[] {
  const text = bytes.toString('latin1').replaceAll('\r\n', '\n');
  const lines = new LineCounter(text);
  const found: Assignment[] = [];
  for (let at = 0; at < text.length; ) {
    const end = lineEnd(text, at);
    if (/^[ \t]*(?:[#;].*)?$/.test(text.slice(at, end))) {
      at = end + 1;
      continue;
    }
    const equals = text.indexOf('=', at);
    if (equals === -1 || equals > end) {
      at = end + 1;
      continue;
    }
    const name = text.slice(at, equals).trim();
    const line = lines.lineAt(equals);
    const value = valueAt(text, equals + 1);
    if (NAME.test(name)) found.push({ name, value: utf8Of(value.value), line });
    at = value.end + 1;
  }
  return lastAssignments(found);
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end;
}

/** The value from `start`, and the place of the line end behind it. */
function valueAt(text: string, start: number): { readonly value: string; readonly end: number } {
  let value = '';
  let kept = 0;
  /** Before the value and between its quoted parts: blanks are passed over, and a quote is one. */
  let isBetween = true;
  let at = start;
  for (let char = text[at]; char !== undefined && char !== '\n'; char = text[at]) {
    if (isBetween && (char === "'" || char === '"')) {
      const quoted = quotedAt(text, at, char);
      value += quoted.value;
      kept = value.length;
      at = quoted.end;
      continue;
    }
    const isBlank = char === ' ' || char === '\t';
    at += 1;
    if (isBetween && isBlank) continue;
    isBetween = false;
    if (char === '\\') {
      const next = text[at] ?? '';
      if (next !== '\n') value += next;
      kept = value.length;
      at += 1;
    } else {
      value += char;
      if (!isBlank) kept = value.length;
    }
  }
  return { value: value.slice(0, kept), end: at };
}

function quotedAt(
  text: string,
  start: number,
  quote: string,
): { readonly value: string; readonly end: number } {
  let value = '';
  let at = start + 1;
  for (let char = text[at]; char !== undefined && char !== quote; char = text[at]) {
    const next = text[at + 1] ?? '';
    if (quote === '"' && char === '\\' && (next === '\n' || '"\\`$'.includes(next))) {
      if (next !== '\n') value += next;
      at += 2;
    } else {
      value += char;
      at += 1;
    }
  }
  return { value, end: at + 1 };
}
