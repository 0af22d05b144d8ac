import { ApplicationCommandType } from 'discord-api-types/v10';
import { commandLength, type Translations } from './command-length.ts';
import { descriptionProblems, localeProblems, nameProblems } from './command-names.ts';
import { type OptionNode, optionListProblems } from './command-options.ts';
import { unknownProperties } from './known-properties.ts';
import { LIMITS } from './limits.ts';
import { type Path, problem, type RuleProblem } from './problem.ts';

/** A command as the JSON that registers it. */
export interface CommandPayload {
  readonly name: string;
  readonly type?: number | null | undefined;
  readonly description?: string | null | undefined;
  readonly name_localizations?: Translations;
  readonly description_localizations?: Translations;
  readonly options?: readonly OptionNode[] | null | undefined;
  readonly default_member_permissions?: string | number | null | undefined;
  readonly contexts?: readonly number[] | null | undefined;
  readonly integration_types?: readonly number[] | null | undefined;
}

export interface CommandContext {
  /** The command is registered for one server only. */
  readonly guild?: boolean | undefined;
}

const KNOWN = [
  'id',
  'type',
  'name',
  'name_localizations',
  'description',
  'description_localizations',
  'options',
  'default_member_permissions',
  'dm_permission',
  'default_permission',
  'contexts',
  'integration_types',
  'nsfw',
  'handler',
];

/** What Discord would refuse, drop or misread in this command beyond its schemas. Empty when nothing. */
export function lintCommand(
  payload: CommandPayload,
  context: CommandContext = {},
  at: Path = [],
): RuleProblem[] {
  const isSlash = (payload.type ?? ApplicationCommandType.ChatInput) === ApplicationCommandType.ChatInput;
  const length = commandLength(payload);
  const isTooLong = length > LIMITS.commandText;
  const text = `names, descriptions and values have ${length} characters, at most ${LIMITS.commandText}`;
  return [
    ...unknownProperties(payload, KNOWN, at),
    ...(isSlash ? nameProblems(payload, at) : contextMenuProblems(payload, at)),
    ...(isSlash ? descriptionProblems(payload, at) : []),
    ...localeProblems(payload, at),
    ...(isTooLong ? [problem(at, 'command-length', text)] : []),
    ...permissionProblems(payload, at),
    ...scopeProblems(payload, context, at),
    ...optionListProblems(payload.options ?? [], 'command', [...at, 'options']),
  ];
}

/** Problems of a whole list as it is registered, with those of each command. */
export function lintCommands(
  commands: readonly CommandPayload[],
  context: CommandContext = {},
): RuleProblem[] {
  const kinds = Map.groupBy(commands.entries(), ([, { type }]) => type ?? ApplicationCommandType.ChatInput);
  const counts = [...kinds].flatMap(([kind, list]) => {
    const most =
      kind === ApplicationCommandType.ChatInput ? LIMITS.chatInputCommands : LIMITS.contextMenuCommands;
    if (list.length <= most) return [];
    return [
      problem([], 'command-count', `${list.length} commands of type ${kind}, at most ${most} are possible`),
    ];
  });
  const repeats = [...kinds.values()].flatMap((list) =>
    list
      .filter(([, { name }], index) => list.findIndex(([, other]) => other.name === name) !== index)
      .map(([at, { name }]) => problem([at, 'name'], 'command-duplicate', `${name} is registered before`)),
  );
  return [
    ...counts,
    ...repeats,
    ...commands.flatMap((command, index) => lintCommand(command, context, [index])),
  ];
}

function contextMenuProblems({ description, options }: CommandPayload, at: Path): RuleProblem[] {
  const found: RuleProblem[] = [];
  if (description) {
    const text = 'a command of a context menu has no description';
    found.push(problem([...at, 'description'], 'command-description', text));
  }
  if ((options?.length ?? 0) > 0) {
    found.push(problem([...at, 'options'], 'option-nesting', 'a command of a context menu has no options'));
  }
  return found;
}

function permissionProblems({ default_member_permissions: bits }: CommandPayload, at: Path): RuleProblem[] {
  if (bits === undefined || bits === null || (typeof bits === 'string' && /^\d{1,20}$/.test(bits))) return [];
  const text = 'write the bit set as text, such as "32"; "0" is for administrators only';
  return [problem([...at, 'default_member_permissions'], 'command-permissions', text)];
}

function scopeProblems(command: CommandPayload, { guild = false }: CommandContext, at: Path): RuleProblem[] {
  return (['contexts', 'integration_types'] as const).flatMap((key) => {
    const list = command[key];
    if (list === undefined || list === null) return [];
    const path = [...at, key];
    if (guild) return [problem(path, 'command-scope', `${key} is for global commands only`)];
    return new Set(list).size === list.length
      ? []
      : [problem(path, 'command-scope', `${key} names one twice`)];
  });
}
