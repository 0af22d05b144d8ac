import { ApplicationCommandOptionType } from 'discord-api-types/v10';
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
import { checkCard } from './views/check.ts';
import { errorCard, withoutDetails } from './views/error.ts';
import { noteCard } from './views/machines.ts';

interface CheckRequest {
  readonly machine: string | undefined;
  readonly integrations: readonly string[];
}

/** What can be checked in this version. */
const CHECKED = [
  { name: 'Discord', value: 'discord' },
  { name: 'Claude', value: 'claude' },
];
const ALL = CHECKED.map(({ value }) => value);

/** `/check`: is the token stored, does the service answer, does it take the token. */
export const check = {
  definition: {
    name: 'check',
    description: 'Check the integrations of your installation, layer by layer',
    contexts: [0],
    integration_types: [0],
    options: [
      {
        type: ApplicationCommandOptionType.String,
        name: 'integration',
        description: 'Only this one',
        choices: CHECKED,
      },
      machineOption,
    ],
  },
  permission: 'everyone',
  parse({ options }) {
    const only = options.getString('integration');
    return { machine: options.getString('machine') ?? undefined, integrations: only === null ? ALL : [only] };
  },
  run: look,
  complete: (typed, asker, deps) => machineChoices(typed.options.getFocused(), asker, deps),
} as const satisfies Command<CheckRequest>;

/** Check again, and the menu of computers. */
export const checkButton = {
  route: 'check',
  permission: 'everyone',
  id: 'row',
  press(data, values, asker, deps) {
    const { integrations } = (data ?? {}) as { readonly integrations?: unknown };
    const wanted = Array.isArray(integrations) ? ALL.filter((name) => integrations.includes(name)) : ALL;
    return look({ machine: pickedMachine(data, values), integrations: wanted }, asker, deps);
  },
} as const satisfies ComponentHandler;

async function look(
  { machine, integrations }: CheckRequest,
  asker: Asker,
  deps: CommandDeps,
): Promise<Answer> {
  const found = await chooseMachine(machine, asker, deps, { route: 'check', data: { integrations } });
  if ('answer' in found) return found.answer;
  const { machine: chosen, name } = found.chosen;
  const started = await deps.jobs.start(asker.actor, chosen.id, 'check', { integrations });
  const job = await deps.follow(asker.owner, started);
  const again = await deps.button(asker.owner, {
    route: 'check',
    data: { machine: chosen.id, integrations },
  });
  if (job.facts?.type === 'check') return here(checkCard(name, job.facts.facts.integrations, again));
  if (job.error !== undefined) return here(errorCard(withoutDetails(job.error.code)));
  if (chosen.connected) throw new AppError('TOO_SLOW');
  return here(
    noteCard(`${name} is away`, 'Start the agent there: `migration-agent connect`. Then check again.'),
  );
}
