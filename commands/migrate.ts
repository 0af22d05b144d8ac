import { ApplicationCommandOptionType } from 'discord-api-types/v10';
import type { Method } from '../services/story-wizard.ts';
import { AppError } from '../src/shared/errors.ts';
import {
  type Answer,
  type Asker,
  type Command,
  type CommandDeps,
  type ComponentHandler,
  here,
} from './command.ts';
import { chooseMachine, machineChoices, machineOption, pickedMachine } from './machine-option.ts';
import { storyAnswer } from './story-answer.ts';
import { noteCard } from './views/machines.ts';

type MigrateRequest =
  | {
      readonly verb: 'start';
      readonly machine: string | undefined;
      readonly method: Method | undefined;
    }
  | { readonly verb: 'status' | 'cancel' };

const METHODS: { readonly name: string; readonly value: Method }[] = [
  { name: 'Guided: it pauses after each phase', value: 'guided' },
  { name: 'Automated: all in one go', value: 'automated' },
];

/** `/migrate`: straight to the plan; where it stands; stop it. */
export const migrate = {
  definition: {
    name: 'migrate',
    description: 'Migrate an installation: phase by phase, or with one approval',
    contexts: [0],
    integration_types: [0],
    options: [
      {
        type: ApplicationCommandOptionType.Subcommand,
        name: 'start',
        description: 'Look at the installation and make the plan, for you to approve',
        options: [
          {
            type: ApplicationCommandOptionType.String,
            name: 'method',
            description: 'Pause after each phase, or do all in one go; what is recommended when left out',
            choices: METHODS,
          },
          machineOption,
        ],
      },
      {
        type: ApplicationCommandOptionType.Subcommand,
        name: 'status',
        description: 'Where your newest migration stands',
      },
      {
        type: ApplicationCommandOptionType.Subcommand,
        name: 'cancel',
        description: 'Stop your newest migration; what was begun is taken back',
      },
    ],
  },
  permission: 'everyone',
  parse({ options }) {
    const verb = options.getSubcommand();
    if (verb === 'start')
      return {
        verb,
        machine: options.getString('machine') ?? undefined,
        method: methodOf(options.getString('method')),
      };
    if (verb === 'status' || verb === 'cancel') return { verb };
    throw new AppError('UNKNOWN_COMMAND');
  },
  run(request, asker, deps) {
    switch (request.verb) {
      case 'start':
        return start(request, asker, deps);
      case 'status':
        return newest(asker, deps);
      case 'cancel':
        return cancel(asker, deps);
    }
  },
  complete: (typed, asker, deps) => machineChoices(typed.options.getFocused(), asker, deps),
} as const satisfies Command<MigrateRequest>;

/** The menu of computers after `/migrate start`. */
export const migrateButton = {
  route: 'migrate',
  permission: 'everyone',
  id: 'row',
  press(data, values, asker, deps) {
    const { method } = (data ?? {}) as { readonly method?: unknown };
    return start({ machine: pickedMachine(data, values), method: methodOf(method) }, asker, deps);
  },
} as const satisfies ComponentHandler;

function methodOf(value: unknown): Method | undefined {
  return METHODS.find((method) => method.value === value)?.value;
}

async function start(
  { machine, method }: Pick<Extract<MigrateRequest, { verb: 'start' }>, 'machine' | 'method'>,
  asker: Asker,
  deps: CommandDeps,
): Promise<Answer> {
  const found = await chooseMachine(machine, asker, deps, { route: 'migrate', data: { method } });
  if ('answer' in found) return found.answer;
  const { machine: chosen, name } = found.chosen;
  const beginning = { goal: 'plan', method, machine: chosen, machineName: name } as const;
  return storyAnswer(await deps.stories.begin(asker.actor, beginning), asker, deps);
}

async function newest(asker: Asker, deps: CommandDeps): Promise<Answer> {
  const story = await deps.stories.find(asker.owner);
  if (story === undefined) throw new AppError('NO_STORY');
  return storyAnswer(story, asker, deps);
}

async function cancel(asker: Asker, deps: CommandDeps): Promise<Answer> {
  const story = await deps.stories.find(asker.owner);
  const cancelled = story && (await deps.stories.press(asker.actor, story.id, 'stop'));
  if (cancelled === undefined) throw new AppError('NO_STORY');
  if (cancelled.hasMoved) return storyAnswer(cancelled, asker, deps);
  return here(
    noteCard(
      'There is nothing to stop',
      'Your newest migration has ended, or is being stopped. `/migrate status` shows it.',
    ),
  );
}
