import type { Mention } from './clone-names.ts';
import type { FoundLine, Line } from './find-in-place.ts';
import { type CommandContext, type Rewrite, rewriteCommand } from './rewrite-command.ts';

const SETTING = /^[ \t]*([A-Za-z]+)[ \t]*=[ \t]*/;
const EXEC = /^Exec(?:Start|StartPre|StartPost|Stop|StopPost|Reload|Condition)$/;
/** What systemd understands before the command itself (systemd.service(5), "COMMAND LINES"). */
const EXEC_MARKS = /^[-@:+!|]*/;
const WITH_COMMAND = { why: 'it belongs to a command that is not replaced' };

interface Setting {
  readonly line: Line;
  readonly key: string;
  /** Offset of the value. */
  readonly from: number;
  readonly mentions: readonly Mention[];
}

/**
 * A unit runs its commands in its WorkingDirectory, so that a command can belong to the clone without naming it. Where
 * the one command is replaced, the folder is, too: by the home folder.
 */
export function rewriteUnit(
  text: string,
  lines: readonly Line[],
  named: readonly { readonly line: Line; readonly mentions: readonly Mention[] }[],
  context: CommandContext,
): FoundLine[] {
  const settings = lines.flatMap((line): Setting[] => {
    const match = SETTING.exec(text.slice(line.start, line.end));
    if (match === null) return [];
    const mentions = named.find((one) => one.line === line)?.mentions ?? [];
    return [{ line, key: match[1] as string, from: line.start + match[0].length, mentions }];
  });
  const folder = settings.findLast(({ key }) => key === 'WorkingDirectory');
  const base = folder?.mentions[0]?.path;
  const commands = settings.filter(({ key }) => EXEC.test(key));
  const rewritten = new Map(
    commands.map((setting) => [setting, rewriteExec(text, setting, base, context)] as const),
  );
  const [only] = [...rewritten];
  const isWhole = rewritten.size === 1 && only !== undefined && 'edits' in only[1];
  const found: FoundLine[] = [];
  for (const { line, mentions } of named) {
    const setting = settings.find((one) => one.line === line);
    if (setting === undefined) found.push({ line: line.number, mentions, rewrite: 'comment' });
    else if (!rewritten.has(setting) && !(isWhole && setting === folder))
      found.push({ line: line.number, mentions, rewrite: whyNot(setting) });
  }
  for (const [setting, rewrite] of rewritten) {
    const belongs = setting.mentions.length > 0 || 'edits' in rewrite;
    if (!belongs) continue;
    const mentions = setting.mentions.length > 0 ? setting.mentions : (folder?.mentions ?? []);
    found.push({
      line: setting.line.number,
      mentions,
      rewrite: isWhole ? withFolder(text, rewrite, folder) : refuseAlone(rewrite, base),
    });
  }
  return found.sort((a, b) => a.line - b.line);
}

function rewriteExec(
  text: string,
  { line, from, mentions }: Setting,
  base: string | undefined,
  context: CommandContext,
): Rewrite {
  const marks = EXEC_MARKS.exec(text.slice(from, line.end))?.[0].length ?? 0;
  const start = from + marks;
  const mention = mentions[0] ?? { start, end: start };
  return rewriteCommand(text, start, line.end, mention, { ...context, base, operators: false });
}

function withFolder(text: string, rewrite: Rewrite, folder: Setting | undefined): Rewrite {
  if (!('edits' in rewrite) || folder === undefined || folder.mentions.length === 0) return rewrite;
  const value = text.slice(folder.from, folder.line.end).trimEnd();
  return {
    edits: [...rewrite.edits, { start: folder.from, end: folder.from + value.length, text: '%h' }],
  };
}

/** Of several commands in the folder of the clone, none can leave it alone. */
function refuseAlone(rewrite: Rewrite, base: string | undefined): Rewrite {
  const isFree = base === undefined || !('edits' in rewrite);
  return isFree ? rewrite : { why: 'the unit runs other commands in the folder of the clone, too' };
}

function whyNot({ key }: Setting): Rewrite {
  if (key === 'EnvironmentFile')
    return {
      why: 'it gives the command the settings and secrets of the clone',
      suggestion:
        'Once the command goes through `migration-agent exec`, the secrets come from the store: take this line out then.',
    };
  return WITH_COMMAND;
}
