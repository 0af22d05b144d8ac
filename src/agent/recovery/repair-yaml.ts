import { isUtf8 } from 'node:buffer';
import { readYaml } from '../yaml/read-yaml.ts';

/**
 * The smallest edit after which PyYAML reads a file again. One line at a time, at the first place that cannot be read:
 * - what a person most likely meant (a tab for an indentation, a quote that was not closed, a missing space after a
 *   colon, a value that needs quotes), if the file can be read further after it;
 * - else the line becomes a comment, so that its text stays where it was.
 * Nothing is deleted but what no editor shows: zero bytes that a crash left, and bytes that are no UTF-8 are written as
 * `\xE9` in a comment.
 */
export interface Repair {
  readonly text: string;
  readonly edits: readonly LineEdit[];
}

/** One line, before and after. */
export interface LineEdit {
  /** From 1. */
  readonly line: number;
  readonly was: string;
  readonly now: string;
}

/** How a line was turned into a comment. */
export const SET_ASIDE = '# could not be read: ';

/** More edits than this are no repair any more, whatever the file's length. */
const MOST_EDITS = 50;

type Mend = (line: string) => string | undefined;

const MENDS: readonly Mend[] = [tabsToSpaces, spaceAfterColon, closeQuote, quoteValue, setAside];

/** Undefined where the file needs none, or where more than half of its lines would have to become comments. */
export function repairYaml(bytes: Buffer): Repair | undefined {
  const before = linesOf(bytes.toString('latin1').replaceAll('\0', ''));
  const lines = before.map(asUtf8);
  while (true) {
    const bad = firstBadLine(lines);
    if (bad === undefined) break;
    const mended = mend(lines, bad);
    if (mended === undefined) return undefined;
    lines[mended.at] = mended.line;
    if (editsOf(before, lines).length > MOST_EDITS) return undefined;
  }
  const edits = editsOf(before, lines);
  const text = lines.join('\n');
  if (text === bytes.toString('utf8')) return undefined;
  const lost = edits.filter(({ now }) => now.trimStart().startsWith(SET_ASIDE)).length;
  return lost * 2 > before.filter((line) => line.trim() !== '').length ? undefined : { text, edits };
}

/** The mend that lets the file be read furthest; of equal ones the first. Tried at the line, then at the one before. */
function mend(
  lines: readonly string[],
  bad: number,
): { readonly at: number; readonly line: string } | undefined {
  // A quote that was not closed is noticed only where the next one opens, or at the end of the file.
  for (let at = bad; at >= 0; at--) {
    const line = closeQuote(lines[at] ?? '');
    const reach = line === undefined ? 0 : (firstBadLine(lines.with(at, line)) ?? lines.length);
    if (line !== undefined && reach > bad) return { at, line };
  }
  let best: { at: number; line: string; reach: number } | undefined;
  for (const at of [bad, bad - 1]) {
    const was = lines[at];
    if (was === undefined || was.trim() === '' || was.trimStart().startsWith('#')) continue;
    for (const one of MENDS) {
      const line = one(was);
      if (line === undefined || line === was) continue;
      const reach = firstBadLine(lines.with(at, line)) ?? lines.length;
      if (reach > bad && (best === undefined || reach > best.reach)) best = { at, line, reach };
    }
    if (best !== undefined) return best;
  }
  // Nothing helps at its own place: what cannot be read goes aside, and what follows is looked at anew.
  const at = [bad, bad - 1].find((one) => {
    const line = lines[one];
    return line !== undefined && line.trim() !== '' && !line.trimStart().startsWith('#');
  });
  const line = at === undefined ? undefined : setAside(lines[at] ?? '');
  return at === undefined || line === undefined ? undefined : { at, line };
}

/** From 0; undefined where PyYAML reads all of it as a map, or as nothing. */
function firstBadLine(lines: readonly string[]): number | undefined {
  const { problems } = readYaml(Buffer.from(lines.join('\n')), { expectMap: true });
  const error = problems.find(({ level }) => level === 'error');
  return error === undefined ? undefined : Math.min(error.line - 1, lines.length - 1);
}

function tabsToSpaces(line: string): string | undefined {
  const indent = /^[ \t]*/.exec(line)?.[0] ?? '';
  return indent.includes('\t') ? indent.replaceAll('\t', '  ') + line.slice(indent.length) : undefined;
}

function spaceAfterColon(line: string): string | undefined {
  const found = /^(\s*(?:- )?[A-Za-z_][\w-]*):(?=[^\s:/\\])(.*)$/.exec(line);
  return found === null ? undefined : `${found[1]}: ${found[2]}`;
}

function closeQuote(line: string): string | undefined {
  const body = line.trimEnd();
  for (const quote of ['"', "'"]) {
    if (body.split(quote).length % 2 === 0) return `${body}${quote}`;
  }
  return undefined;
}

/** `key: @value` and `key: a: b` mean text to a person, and nothing to YAML. */
function quoteValue(line: string): string | undefined {
  const found = /^(\s*(?:- )?(?:[A-Za-z_][\w-]*|"[^"]*"|'[^']*'):\s+|\s*- )(\S.*?)\s*$/.exec(line);
  if (found === null || /^["'|>]/.test(found[2] ?? '')) return undefined;
  return `${found[1]}'${(found[2] ?? '').replaceAll("'", "''")}'`;
}

function setAside(line: string): string | undefined {
  const indent = /^ */.exec(line)?.[0] ?? '';
  return `${indent}${SET_ASIDE}${line.slice(indent.length).replaceAll('\t', '  ')}`;
}

function linesOf(text: string): string[] {
  return text.split('\n');
}

/** The text of a line's bytes; a line that holds others becomes a comment that spells them. */
function asUtf8(latin1: string): string {
  const bytes = Buffer.from(latin1, 'latin1');
  if (isUtf8(bytes)) return bytes.toString('utf8');
  const spelled = latin1.replace(
    /[\x80-\xff]/g,
    (byte) => `\\x${byte.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return setAside(spelled) ?? spelled;
}

function editsOf(before: readonly string[], after: readonly string[]): LineEdit[] {
  return before.flatMap((latin1, index): LineEdit[] => {
    const was = Buffer.from(latin1, 'latin1').toString('utf8');
    const now = after[index] ?? '';
    return was === now ? [] : [{ line: index + 1, was, now }];
  });
}
