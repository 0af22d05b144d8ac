import type { ShownStory } from '../services/stories.ts';
import { type Answer, type Asker, type CommandDeps, here } from './command.ts';
import { linkCard } from './views/link.ts';

/** Leads to the card of a story: to its thread, or, where there is none, shows the card itself. */
export function storyAnswer(story: ShownStory, { owner, message }: Asker, { stories }: CommandDeps): Answer {
  const { link, card, id, hasMoved } = story;
  if (link === undefined) return { at: 'here', card, onShown: (shown) => stories.shown(owner, id, shown) };
  // The press was on the card itself, which is redrawn in place. An old button shows what is true now.
  if (message === link.message) return hasMoved ? { at: 'elsewhere' } : here(card);
  const answer = linkCard(link.thread, 'Your migration');
  return message === undefined ? here(answer) : { at: 'beside', card: answer };
}
