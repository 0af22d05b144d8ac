import { AppError } from '../src/shared/errors.ts';
import type { ComponentHandler } from './command.ts';
import { storyAnswer } from './story-answer.ts';
import { outlineCard } from './views/outline.ts';

/** Every button under the card of a story but Approve. */
export const storyButton = {
  route: 'story',
  permission: 'everyone',
  id: 'row',
  async press(data, _values, asker, deps) {
    const { story, press } = storyPress(data);
    if (press === 'outline') return { at: 'beside', card: outlineCard() };
    const shown = await deps.stories.press(asker.actor, story, press);
    if (shown === undefined) throw new AppError('NOT_YOURS');
    return storyAnswer(shown, asker, deps);
  },
} as const satisfies ComponentHandler;

/** The button under a plan: starts exactly what that plan says, once. */
export const approveButton = {
  route: 'approve',
  permission: 'everyone',
  id: 'approval',
  async press(slot, _values, asker, deps) {
    if (typeof slot !== 'string' || asker.message === undefined) throw new AppError('NOT_YOURS');
    const shown = await deps.stories.approve(asker.actor, slot, asker.message);
    if (shown === undefined) throw new AppError('NOT_YOURS');
    return storyAnswer(shown, asker, deps);
  },
} as const satisfies ComponentHandler;

function storyPress(data: unknown): { readonly story: string; readonly press: string } {
  const { story, press } = (data ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof story !== 'string' || typeof press !== 'string') throw new AppError('UNKNOWN_COMMAND');
  return { story, press };
}
