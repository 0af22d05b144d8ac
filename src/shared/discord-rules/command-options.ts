import { ApplicationCommandOptionType as Type } from 'discord-api-types/v10';
import type { Translations } from './command-length.ts';
import { descriptionProblems, localeProblems, nameProblems } from './command-names.ts';
import { fileTypeProblems } from './file-types.ts';
import { unknownProperties } from './known-properties.ts';
import { type Path, problem, type RuleProblem } from './problem.ts';

/** An option of a command, as JSON. */
export interface OptionNode {
  readonly type: number;
  readonly name: string;
  readonly description?: string | null | undefined;
  readonly name_localizations?: Translations;
  readonly description_localizations?: Translations;
  readonly required?: boolean | null | undefined;
  readonly options?: readonly OptionNode[] | null | undefined;
  readonly choices?: readonly ChoiceNode[] | null | undefined;
  readonly autocomplete?: boolean | null | undefined;
  readonly min_value?: number | null | undefined;
  readonly max_value?: number | null | undefined;
  readonly min_length?: number | null | undefined;
  readonly max_length?: number | null | undefined;
  readonly file_types?: readonly string[] | null | undefined;
}

interface ChoiceNode {
  readonly name: string;
  readonly name_localizations?: Translations;
  readonly value: string | number;
}

type Level = 'command' | 'group' | 'subcommand';

const BASE = ['type', 'name', 'name_localizations', 'description', 'description_localizations', 'required'];
const CHOICE = ['name', 'name_localizations', 'value'];
const NUMERIC = ['choices', 'autocomplete', 'min_value', 'max_value'];
const OPTION_PROPERTIES: Readonly<Record<number, readonly string[]>> = {
  [Type.Subcommand]: ['options'],
  [Type.SubcommandGroup]: ['options'],
  [Type.String]: ['choices', 'autocomplete', 'min_length', 'max_length'],
  [Type.Integer]: NUMERIC,
  [Type.Number]: NUMERIC,
  [Type.Channel]: ['channel_types'],
  [Type.Attachment]: ['file_types'],
};

/** Problems of the options of a command, group or subcommand, and of those inside them. */
export function optionListProblems(options: readonly OptionNode[], level: Level, at: Path): RuleProblem[] {
  return [
    ...orderProblems(options, at),
    ...duplicates(options, at),
    ...nestingProblems(options, level, at),
    ...options.flatMap((option, index) => optionProblems(option, [...at, index])),
  ];
}

function optionProblems(option: OptionNode, at: Path): RuleProblem[] {
  const level = option.type === Type.SubcommandGroup ? 'group' : 'subcommand';
  return [
    ...unknownProperties(option, [...BASE, ...(OPTION_PROPERTIES[option.type] ?? [])], at),
    ...nameProblems(option, at),
    ...descriptionProblems(option, at),
    ...localeProblems(option, at),
    ...choiceProblems(option, at),
    ...rangeProblems(option, at),
    ...fileTypeProblems(option.file_types ?? [], [...at, 'file_types']),
    ...optionListProblems(option.options ?? [], level, [...at, 'options']),
  ];
}

function orderProblems(options: readonly OptionNode[], at: Path): RuleProblem[] {
  const firstOptional = options.findIndex(({ required }) => required !== true);
  const late = options.findIndex(({ required }, index) => required === true && index > firstOptional);
  if (firstOptional === -1 || late === -1) return [];
  const text = `${options[late]?.name} is required and comes after an optional one`;
  return [problem([...at, late], 'option-order', text)];
}

function duplicates(named: readonly { readonly name: string }[], at: Path): RuleProblem[] {
  return named.flatMap(({ name }, index) =>
    named.findIndex((other) => other.name === name) === index
      ? []
      : [problem([...at, index, 'name'], 'command-duplicate', `${name} is there before`)],
  );
}

function nestingProblems(options: readonly OptionNode[], level: Level, at: Path): RuleProblem[] {
  const allowed = {
    command: [Type.Subcommand, Type.SubcommandGroup],
    group: [Type.Subcommand],
    subcommand: [],
  };
  const branches: readonly number[] = [Type.Subcommand, Type.SubcommandGroup];
  const mixes = level === 'command' && new Set(options.map(({ type }) => branches.includes(type))).size > 1;
  if (mixes) return [problem(at, 'option-nesting', 'options cannot stand beside subcommands')];
  return options.flatMap(({ type, name }, index) => {
    const isBranch = branches.includes(type);
    const isAllowed = isBranch ? (allowed[level] as readonly number[]).includes(type) : level !== 'group';
    const text = `${name} of type ${type} cannot be inside a ${level}`;
    return isAllowed ? [] : [problem([...at, index, 'type'], 'option-nesting', text)];
  });
}

function choiceProblems({ type, choices, autocomplete }: OptionNode, at: Path): RuleProblem[] {
  const list = choices ?? [];
  const path = [...at, 'choices'];
  const both = autocomplete === true && list.length > 0;
  const wanted = type === Type.String ? 'string' : 'number';
  return [
    ...(both ? [problem([...at, 'autocomplete'], 'option-choices', 'autocomplete excludes choices')] : []),
    ...duplicates(list, path),
    ...list.flatMap((choice, index) => [
      ...unknownProperties(choice, CHOICE, [...path, index]),
      ...localeProblems(choice, [...path, index]),
      ...(fits(choice.value, type)
        ? []
        : [problem([...path, index, 'value'], 'option-choices', `a choice of this option is a ${wanted}`)]),
    ]),
  ];
}

function fits(value: string | number, type: number): boolean {
  if (type === Type.String) return typeof value === 'string';
  return type === Type.Integer ? Number.isSafeInteger(value) : typeof value === 'number';
}

function rangeProblems(
  { min_value, max_value, min_length, max_length }: OptionNode,
  at: Path,
): RuleProblem[] {
  const found: RuleProblem[] = [];
  if (typeof min_value === 'number' && typeof max_value === 'number' && min_value > max_value) {
    found.push(
      problem([...at, 'min_value'], 'option-range', `${min_value} is more than max_value ${max_value}`),
    );
  }
  if (typeof min_length === 'number' && typeof max_length === 'number' && min_length > max_length) {
    found.push(
      problem([...at, 'min_length'], 'option-range', `${min_length} is more than max_length ${max_length}`),
    );
  }
  return found;
}
