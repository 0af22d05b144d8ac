import { type Command, here } from './command.ts';
import { storyAnswer } from './story-answer.ts';
import { machineListCard } from './views/machines.ts';

/** `/status`: the newest migration, or the linked computers where there is none. */
export const status = {
  definition: {
    name: 'status',
    description: 'Your newest migration, or your linked computers',
    contexts: [0],
    integration_types: [0],
  },
  permission: 'everyone',
  parse: () => undefined,
  async run(_request, asker, deps) {
    const story = await deps.stories.find(asker.owner);
    if (story !== undefined) return storyAnswer(story, asker, deps);
    const assess = await deps.button(asker.owner, { route: 'assess', data: {} });
    return here(machineListCard(await deps.machines.list(asker.owner), assess));
  },
} as const satisfies Command<undefined>;
