import { ApplicationCommandOptionType } from 'discord-api-types/v10';
import { AppError, ERRORS, type ErrorName, errorLabel } from '../src/shared/errors.ts';
import { type Asker, type Command, type CommandDeps, here } from './command.ts';
import { rowOf, withoutDetails } from './views/error.ts';
import { errorHelpCard, type HelpLine, helpCard } from './views/help.ts';

interface HelpRequest {
  readonly code: string | undefined;
}

/** `/help`: the commands that the asker may use, or what an error code means. */
export const help = {
  definition: {
    name: 'help',
    description: 'The commands, or what an error code means',
    contexts: [0],
    integration_types: [0],
    options: [
      {
        type: ApplicationCommandOptionType.String,
        name: 'code',
        description: 'An error code such as AWM-1101',
        autocomplete: true,
        max_length: 100,
      },
    ],
  },
  permission: 'everyone',
  parse: ({ options }) => ({ code: options.getString('code') ?? undefined }),
  async run({ code }, asker, deps) {
    if (code === undefined) return here(helpCard(linesFor(asker, deps)));
    const known = rowOf(codeIn(code));
    if (known === undefined) throw new AppError('UNKNOWN_CODE');
    return here(errorHelpCard(errorLabel(known.name), known.row.retryable));
  },
  async complete(typed) {
    const wanted = typed.options.getFocused().toLowerCase();
    return (Object.keys(ERRORS) as ErrorName[])
      .map((name) => ({ name: choiceText(name), value: errorLabel(name) }))
      .filter(({ name }) => name.toLowerCase().includes(wanted))
      .slice(0, 25);
  },
} as const satisfies Command<HelpRequest>;

/** People type `1101`, `awm 1101` or the whole code. */
function codeIn(typed: string): string {
  return `AWM-${/\d{4}/.exec(typed)?.[0] ?? ''}`;
}

function choiceText(name: ErrorName): string {
  const code = errorLabel(name);
  const text = `${code} ${withoutDetails(code).message}`;
  return text.length > 100 ? `${text.slice(0, 99)}…` : text;
}

/** A line for each command, or for each of its subcommands. */
function linesFor({ isStaff }: Asker, { commands }: CommandDeps): HelpLine[] {
  return commands
    .filter(({ permission }) => permission === 'everyone' || isStaff)
    .flatMap(({ definition: { name, description, options = [] } }) => {
      const verbs = options.filter(({ type }) => type === ApplicationCommandOptionType.Subcommand);
      if (verbs.length === 0) return [{ usage: `/${name}`, about: description }];
      return verbs.map((verb) => ({ usage: `/${name} ${verb.name}`, about: verb.description }));
    });
}
