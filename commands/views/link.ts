import type { Card } from '../../src/shared/card.ts';
import { card, text } from './parts.ts';

/** Leads to the card of a story in its thread. */
export function linkCard(thread: string, title: string): Card {
  return card(
    text(
      `## ${title}`,
      `Your card is in <#${thread}>. Only you and the moderators of this server see that thread.`,
    ),
  );
}
