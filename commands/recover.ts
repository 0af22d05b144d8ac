import type { JobFacts } from '../services/job-facts.ts';
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
import { errorCard, withoutDetails } from './views/error.ts';
import { noteCard } from './views/machines.ts';
import {
  isRollbackUnfinished,
  type MigrationState,
  readState,
  UNFINISHED,
} from './wizards/migration-state.ts';

interface RecoverRequest {
  readonly machine: string | undefined;
}

/** `/recover`: a run that was interrupted or waits is finished or taken back. */
export const recover = {
  definition: {
    name: 'recover',
    description: 'Finish a run that was interrupted, or take it back',
    contexts: [0],
    integration_types: [0],
    options: [machineOption],
  },
  permission: 'everyone',
  parse: ({ options }) => ({ machine: options.getString('machine') ?? undefined }),
  run: look,
  complete: (typed, asker, deps) => machineChoices(typed.options.getFocused(), asker, deps),
} as const satisfies Command<RecoverRequest>;

/** The menu of computers. */
export const recoverButton = {
  route: 'recover',
  permission: 'everyone',
  id: 'row',
  press: (data, values, asker, deps) => look({ machine: pickedMachine(data, values) }, asker, deps),
} as const satisfies ComponentHandler;

async function look({ machine }: RecoverRequest, asker: Asker, deps: CommandDeps): Promise<Answer> {
  const found = await chooseMachine(machine, asker, deps, { route: 'recover', data: {} });
  if ('answer' in found) return found.answer;
  const { machine: chosen, name } = found.chosen;
  const story = await deps.stories.find(asker.owner);
  const state = story?.agent === chosen.id ? readState(story.state) : undefined;
  if (story !== undefined && state !== undefined && canGoOn(state)) return storyAnswer(story, asker, deps);

  const job = await deps.follow(asker.owner, await deps.jobs.start(asker.actor, chosen.id, 'status'));
  if (job.facts?.type === 'status') return here(statusAnswer(name, job.facts.facts));
  if (job.error !== undefined) return here(errorCard(withoutDetails(job.error.code)));
  throw new AppError('TOO_SLOW');
}

/** The story's own card offers to. */
function canGoOn(state: MigrationState): boolean {
  return UNFINISHED.includes(state.step) || isRollbackUnfinished(state);
}

type Status = Extract<JobFacts, { type: 'status' }>['facts'];

function statusAnswer(name: string, { busy, runs }: Status) {
  if (busy)
    return noteCard(`${name} is working`, 'A run is under way at this moment. There is nothing to recover.');
  if (!runs.some(({ outcome }) => outcome === 'unfinished' || outcome === 'paused'))
    return noteCard('Nothing to recover', `No run is unfinished on ${name}.`);
  // A run that was begun at the terminal: no plan of it was ever shown or approved here.
  return noteCard(
    'An unfinished run',
    `${name} has a run that was begun at its terminal. Decide there:`,
    'Finish it: `migration-agent migrate-resume`',
    'Take it back: `migration-agent recover --issue partial_migration --option 2`',
  );
}
