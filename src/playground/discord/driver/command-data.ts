import {
  type APIApplicationCommand,
  type APIApplicationCommandBasicOption,
  type APIApplicationCommandOption,
  ApplicationCommandType,
  ApplicationCommandOptionType as Type,
} from 'discord-api-types/v10';
import { type ChosenFile, isChosenFile, type Resolved } from './resolved.ts';

export type OptionValue = string | number | boolean | ChosenFile;
export type OptionValues = Readonly<Record<string, OptionValue>>;

export interface ChosenCommand {
  readonly command: APIApplicationCommand;
  /** Names of group and subcommand, as far as there are. */
  readonly branch: readonly APIApplicationCommandOption[];
  readonly options: readonly APIApplicationCommandBasicOption[];
}

/**
 * The registered command that `/machine pair` stands for.
 * @throws naming what is registered, when it is not
 */
export function chooseCommand(commands: readonly APIApplicationCommand[], typed: string): ChosenCommand {
  const [name = '', ...words] = typed.replace(/^\//, '').trim().split(/\s+/);
  const slash = commands.filter(({ type }) => type === ApplicationCommandType.ChatInput);
  const command = slash.find((other) => other.name === name);
  if (command === undefined) throw unknown(`/${name}`, slash);
  const branch: APIApplicationCommandOption[] = [];
  let options = command.options ?? [];
  for (const word of words) {
    const next = options.find((option) => option.name === word && isBranch(option));
    if (next === undefined) throw unknown(`${typed}`, options);
    branch.push(next);
    options = ('options' in next ? next.options : undefined) ?? [];
  }
  if (options.some(isBranch)) throw unknown(`${typed} without a subcommand`, options);
  return { command, branch, options: options as APIApplicationCommandBasicOption[] };
}

function unknown(wanted: string, there: readonly { name: string }[]): Error {
  return new Error(
    `The app has no command ${wanted}. There are: ${there.map(({ name }) => name).join(', ') || 'none'}.`,
  );
}

function isBranch({ type }: APIApplicationCommandOption): boolean {
  return type === Type.Subcommand || type === Type.SubcommandGroup;
}

/**
 * The `options` of the interaction's data. `focused` names the option that is being typed (autocomplete): then nothing
 * is complete yet, and required options may be missing.
 * @throws for what a client would not let anyone send
 */
export function optionData(
  { branch, options }: ChosenCommand,
  values: OptionValues,
  resolved: Resolved,
  focused?: string,
): object[] {
  const strange = Object.keys(values).find((name) => !options.some((option) => option.name === name));
  if (strange !== undefined) throw new Error(`The command has no option ${strange}.`);
  const missing = options.find((option) => option.required === true && values[option.name] === undefined);
  if (missing !== undefined && focused === undefined)
    throw new Error(`The option ${missing.name} is required.`);
  const leaves: object[] = options.flatMap((option) => {
    const value = values[option.name];
    if (value === undefined) return [];
    const isFocused = option.name === focused;
    const sent = isFocused ? String(value) : optionValue(option, value, resolved);
    return [{ type: option.type, name: option.name, value: sent, ...(isFocused ? { focused: true } : {}) }];
  });
  return branch.toReversed().reduce((inner, { type, name }) => [{ type, name, options: inner }], leaves);
}

function optionValue(
  option: APIApplicationCommandBasicOption,
  value: OptionValue,
  resolved: Resolved,
): string | number | boolean {
  const wrong = (wanted: string) => new Error(`The option ${option.name} takes ${wanted}.`);
  switch (option.type) {
    case Type.Attachment:
      if (!isChosenFile(value)) throw wrong('a file');
      return resolved.addFile(value).id;
    case Type.User:
    case Type.Role:
    case Type.Channel:
    case Type.Mentionable: {
      if (typeof value !== 'string') throw wrong('an id');
      resolved.add(KINDS[option.type], value);
      return value;
    }
    case Type.Boolean:
      if (typeof value !== 'boolean') throw wrong('true or false');
      return value;
    case Type.String: {
      if (typeof value !== 'string') throw wrong('text');
      const { min_length = 0, max_length = 6000 } = option;
      if (value.length < min_length || value.length > max_length)
        throw wrong(`${min_length} to ${max_length} characters`);
      return chosen(option, value, wrong);
    }
    default: {
      const isWhole = option.type !== Type.Integer || Number.isSafeInteger(value);
      if (typeof value !== 'number' || !isWhole) throw wrong('a number');
      const { min_value = -(2 ** 53), max_value = 2 ** 53 } = option;
      if (value < min_value || value > max_value) throw wrong(`${min_value} to ${max_value}`);
      return chosen(option, value, wrong);
    }
  }
}

const KINDS = {
  [Type.User]: 'user',
  [Type.Role]: 'role',
  [Type.Channel]: 'channel',
  [Type.Mentionable]: 'mentionable',
} as const;

function chosen<T extends string | number>(
  option: APIApplicationCommandBasicOption,
  value: T,
  wrong: (wanted: string) => Error,
): T {
  const choices = 'choices' in option ? (option.choices ?? []) : [];
  if (choices.length === 0 || choices.some((choice) => choice.value === value)) return value;
  throw wrong(`one of ${choices.map((choice) => choice.value).join(', ')}`);
}
