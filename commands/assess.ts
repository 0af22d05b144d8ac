import { ApplicationCommandOptionType } from 'discord-api-types/v10';
import { AppError } from '../src/shared/errors.ts';
import type { Answer, Asker, Command, CommandDeps, ComponentHandler } from './command.ts';
import { chooseMachine, machineChoices, machineOption, pickedMachine } from './machine-option.ts';
import { ROOT_FORM } from './root-form.ts';
import { storyAnswer } from './story-answer.ts';

interface AssessRequest {
  readonly machine: string | undefined;
  readonly root: string | undefined;
}

/** `/assess`: looks at an installation and begins the story of its migration. */
export const assess = {
  definition: {
    name: 'assess',
    description: 'Look at your installation: facts, risk, findings, what to do. Changes nothing.',
    contexts: [0],
    integration_types: [0],
    options: [
      machineOption,
      {
        type: ApplicationCommandOptionType.String,
        name: 'source',
        description: 'Which installation, by the name that the agent gave its folder',
        max_length: 32,
      },
    ],
  },
  permission: 'everyone',
  parse: ({ options }) => ({
    machine: options.getString('machine') ?? undefined,
    root: options.getString('source') ?? undefined,
  }),
  run: begin,
  complete: (typed, asker, deps) => machineChoices(typed.options.getFocused(), asker, deps),
} as const satisfies Command<AssessRequest>;

/** The button and the menu that do the same. */
export const assessButton = {
  route: 'assess',
  permission: 'everyone',
  id: 'row',
  press: (data, values, asker, deps) =>
    begin({ machine: pickedMachine(data, values), root: undefined }, asker, deps),
} as const satisfies ComponentHandler;

async function begin({ machine, root }: AssessRequest, asker: Asker, deps: CommandDeps): Promise<Answer> {
  if (root !== undefined && !ROOT_FORM.test(root)) throw new AppError('BAD_PARAMS');
  const found = await chooseMachine(machine, asker, deps, { route: 'assess', data: {} });
  if ('answer' in found) return found.answer;
  const { machine: chosen, name } = found.chosen;
  const start = { goal: 'choose', machine: chosen, machineName: name, root } as const;
  return storyAnswer(await deps.stories.begin(asker.actor, start), asker, deps);
}
