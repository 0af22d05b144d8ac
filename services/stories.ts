import type { Card } from '../src/shared/card.ts';
import type { Actor, Machine, Owner } from './services.ts';
import type { Opening } from './story-wizard.ts';

/** How a story looks now, and where its live card is. */
export interface ShownStory {
  readonly id: string;
  readonly card: Card;
  /** Undefined: no thread could be made; the card is wherever it was shown last. */
  readonly link: { readonly thread: string; readonly message: string } | undefined;
  /** False: the press belonged to an older card and did nothing. */
  readonly hasMoved: boolean;
  readonly agent: string | null;
  /** The wizard's own, for views. */
  readonly state: unknown;
}

export interface StoryStart extends Pick<Opening, 'goal' | 'root' | 'machineName' | 'backup' | 'method'> {
  readonly machine: Machine;
}

/** Migrations as people see them: a card in a private thread that is redrawn as the work goes on. */
export interface Stories {
  /** Begins a story and posts its card, or takes up the one of that machine that is under way. */
  begin(actor: Actor, start: StoryStart): Promise<ShownStory>;
  /** A press under the card. Undefined: no such story of this person. */
  press(actor: Actor, story: string, press: string): Promise<ShownStory | undefined>;
  /** An Approve button, pressed in `message`. Undefined: no story of this person ever showed it. */
  approve(actor: Actor, slot: string, message: string): Promise<ShownStory | undefined>;
  /** The card of a story without a thread was shown as this message. Returns the card to be drawn instead. */
  shown(owner: Owner, story: string, message: string): Promise<Card | undefined>;
  /** One story, or else the newest one of that person. */
  find(owner: Owner, story?: string): Promise<ShownStory | undefined>;
  /** After a start of the bot: draws every open card again and learns what became of its job. */
  resume(): Promise<void>;
  close(): void;
}
