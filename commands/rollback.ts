import { ApplicationCommandOptionType } from 'discord-api-types/v10';
import type { Answer, Asker, Command, CommandDeps, ComponentHandler } from './command.ts';
import { chooseMachine, machineChoices, machineOption, pickedMachine } from './machine-option.ts';
import { storyAnswer } from './story-answer.ts';

interface RollbackRequest {
  readonly machine: string | undefined;
  readonly backup: number | undefined;
}

/** `/rollback`: first what it would do, then, with a second press, doing it. */
export const rollback = {
  definition: {
    name: 'rollback',
    description: 'Take a migration back: shows first what would be restored and removed',
    contexts: [0],
    integration_types: [0],
    options: [
      machineOption,
      {
        type: ApplicationCommandOptionType.Integer,
        name: 'backup',
        description: 'Number of the backup; the newest from before a migration when left out',
        min_value: 1,
        max_value: 1_000_000,
      },
    ],
  },
  permission: 'everyone',
  parse: ({ options }) => ({
    machine: options.getString('machine') ?? undefined,
    backup: options.getInteger('backup') ?? undefined,
  }),
  run: preview,
  complete: (typed, asker, deps) => machineChoices(typed.options.getFocused(), asker, deps),
} as const satisfies Command<RollbackRequest>;

/** The menu of computers. */
export const rollbackButton = {
  route: 'rollback',
  permission: 'everyone',
  id: 'row',
  press(data, values, asker, deps) {
    const { backup } = (data ?? {}) as { readonly backup?: unknown };
    const request = {
      machine: pickedMachine(data, values),
      backup: typeof backup === 'number' ? backup : undefined,
    };
    return preview(request, asker, deps);
  },
} as const satisfies ComponentHandler;

async function preview(
  { machine, backup }: RollbackRequest,
  asker: Asker,
  deps: CommandDeps,
): Promise<Answer> {
  const found = await chooseMachine(machine, asker, deps, { route: 'rollback', data: { backup } });
  if ('answer' in found) return found.answer;
  const { machine: chosen, name } = found.chosen;
  const start = { goal: 'rollback', machine: chosen, machineName: name, backup } as const;
  return storyAnswer(await deps.stories.begin(asker.actor, start), asker, deps);
}
