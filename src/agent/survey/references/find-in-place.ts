import type { CloneNames, Mention } from './clone-names.ts';
import { type Edit, type Place, type PreviewLine, withEdits } from './reference.ts';
import { type CommandContext, type Rewrite, rewriteCommand } from './rewrite-command.ts';
import { rewriteUnit } from './unit-file.ts';

/** A line that names the clone, before it gets its id and a text that can be shown. */
export interface FoundLine {
  /** From 1. */
  readonly line: number;
  readonly mentions: readonly Mention[];
  readonly rewrite: Rewrite | 'comment' | 'note';
}

/** A line of a text, by its offsets. */
export interface Line {
  readonly number: number;
  readonly start: number;
  readonly end: number;
}

/** When a crontab line starts its command. */
export const SCHEDULE = /^[ \t]*(?:@\w+|(?:[^\s#=]+[ \t]+){4}[^\s#=]+)[ \t]+/;

/** Every line of the place that names the clone, with the edits that free it of it where they are known. */
export function findInPlace(
  place: Place,
  names: CloneNames,
  context: Omit<CommandContext, 'base' | 'operators' | 'names'>,
): FoundLine[] {
  const text = place.bytes.toString('latin1');
  const all = names.mentions(text, place.bases);
  if (all.length === 0) return [];
  const commands: CommandContext = {
    ...context,
    names,
    base: place.rules === 'cron' || place.rules === 'json' ? place.bases[0] : undefined,
    operators: true,
  };
  const lines = linesOf(text);
  const named = lines.flatMap((line) => {
    const mentions = all.filter(({ start }) => start >= line.start && start <= line.end);
    return mentions.length === 0 ? [] : [{ line, mentions }];
  });
  const found =
    place.rules === 'unit'
      ? rewriteUnit(text, lines, named, commands)
      : named.map(({ line, mentions }) => ({
          line: line.number,
          mentions,
          rewrite: rewriteLine(place, text, line, mentions, commands),
        }));
  return found.map((one) => checked(place, names, one));
}

/** What would still name the clone afterwards is no way out of it. */
function checked(place: Place, names: CloneNames, found: FoundLine): FoundLine {
  const { rewrite } = found;
  if (typeof rewrite === 'string' || !('edits' in rewrite)) return found;
  if (place.edit.how === 'never') return { ...found, rewrite: { why: place.edit.why } };
  const left = previewOf(place.bytes, rewrite.edits).some(
    ({ after }) => names.mentions(after, place.bases).length > 0,
  );
  return left ? { ...found, rewrite: { why: 'the line names the clone in another place, too' } } : found;
}

/** The lines that the edits change, before and after, as Latin-1. */
export function previewOf(bytes: Buffer, edits: readonly Edit[]): PreviewLine[] {
  const text = bytes.toString('latin1');
  return linesOf(text).flatMap((line) => {
    const own = edits.filter(({ start }) => start >= line.start && start <= line.end);
    if (own.length === 0) return [];
    const before = text.slice(line.start, line.end);
    const moved = own.map((edit) => ({
      ...edit,
      start: edit.start - line.start,
      end: edit.end - line.start,
    }));
    const after = withEdits(Buffer.from(before, 'latin1'), moved).toString('latin1');
    return [{ line: line.number, before, after }];
  });
}

function rewriteLine(
  place: Place,
  text: string,
  line: Line,
  mentions: readonly Mention[],
  context: CommandContext,
): FoundLine['rewrite'] {
  const whole = text.slice(line.start, line.end);
  const first = mentions[0] as Mention;
  if (place.kind === 'note') return 'note';
  if (place.rules !== 'json' && /^[ \t]*#/.test(whole)) return 'comment';
  switch (place.rules) {
    case 'cron':
      return rewriteJob(text, line, whole, first, context);
    case 'json':
      return rewriteTask(text, line, whole, first, context);
    case 'shell': {
      const isContinued = text[line.start - 2] === '\\';
      if (isContinued) return { why: 'it is a part of a longer command' };
      return rewriteCommand(text, line.start, line.end, first, context);
    }
    default:
      return { why: 'nobody here knows what it should say instead' };
  }
}

/** In a crontab a percent sign ends the command, and a name before "=" is a variable. */
function rewriteJob(
  text: string,
  line: Line,
  whole: string,
  mention: Mention,
  context: CommandContext,
): Rewrite {
  const schedule = SCHEDULE.exec(whole);
  if (schedule === null) return { why: 'it is a variable for the lines below' };
  if (whole.includes('%')) return { why: 'it gives the command an input, or has a percent sign' };
  return rewriteCommand(text, line.start + schedule[0].length, line.end, mention, context);
}

/** `"command": "…"` of an editor's task; one with escapes is left alone. */
function rewriteTask(
  text: string,
  line: Line,
  whole: string,
  mention: Mention,
  context: CommandContext,
): Rewrite {
  for (const match of whole.matchAll(/"command"[ \t]*:[ \t]*"([^"\\]*)"/g)) {
    const end = line.start + match.index + match[0].length - 1;
    const start = end - (match[1]?.length ?? 0);
    if (start <= mention.start && mention.end <= end)
      return rewriteCommand(text, start, end, mention, context);
  }
  return { why: 'nobody here knows what the editor does with it' };
}

function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  for (let start = 0; start <= text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const isCrlf = text[end - 1] === '\r' && end > start;
    lines.push({ number: lines.length + 1, start, end: isCrlf ? end - 1 : end });
    start = end + 1;
  }
  return lines;
}
