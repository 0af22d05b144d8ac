import type { PausePhase } from '../src/protocol/facts.ts';
import type { Card } from '../src/shared/card.ts';
import type { Failure, JobFacts } from './job-facts.ts';
import type { JobProgress, JobState, JobType } from './services.ts';

/** A job as a wizard sees it: what `services.ts` tells, with its facts checked. */
export interface JobNews {
  readonly id: string;
  readonly type: JobType;
  readonly state: JobState;
  readonly progress?: JobProgress | undefined;
  readonly facts?: JobFacts | undefined;
  readonly failure?: Failure | undefined;
  /** `AWM-…` and the row's name. */
  readonly error?: { readonly code: string; readonly name: string } | undefined;
  readonly run?: string | undefined;
  /** The plan that it made: its digest and the three words of it. */
  readonly plan?: { readonly digest: string; readonly words: readonly string[] } | undefined;
}

/** How a story begins, or is taken up again. */
export type Goal = 'choose' | 'plan' | 'rollback';

/** How a migration is done: it waits after each phase, or goes through. */
export type Method = 'guided' | 'automated';

export type StoryEvent =
  | {
      readonly kind: 'begin';
      readonly goal: Goal;
      readonly backup?: number | undefined;
      readonly method?: Method | undefined;
    }
  | { readonly kind: 'press'; readonly press: string }
  /** The button under a plan. */
  | { readonly kind: 'approve'; readonly slot: string }
  /** The work that the last effect asked for is queued. */
  | { readonly kind: 'started'; readonly job: JobNews }
  | { readonly kind: 'job'; readonly job: JobNews }
  /** Ids of Approve buttons by what they start. */
  | { readonly kind: 'offered'; readonly plan: string; readonly slots: Readonly<Record<string, string>> }
  /** The approval did not count. */
  | { readonly kind: 'unusable'; readonly why: 'again' | 'gone' | 'stale' }
  /** The effect could not be carried out. */
  | { readonly kind: 'refused'; readonly error: { readonly code: string; readonly name: string } }
  /** The card is on a screen of its own (no thread could be made), as a new message. */
  | { readonly kind: 'shown' }
  /** The bot has started again; nothing that was under way in it survived. */
  | { readonly kind: 'woken' };

/** What is to be done; the answer comes back as an event. */
export type StoryEffect =
  | { readonly kind: 'start'; readonly type: JobType; readonly params: Readonly<Record<string, unknown>> }
  | { readonly kind: 'offer'; readonly jobs: readonly OfferedJob[]; readonly plan: string }
  | { readonly kind: 'approve'; readonly slot: string }
  | { readonly kind: 'cancel'; readonly job: string };

/** An Approve button to be, and the phase up to which it is for, where it is not for all. */
export interface OfferedJob {
  readonly type: JobType;
  readonly pauseAfter?: PausePhase | undefined;
}

export interface Opening {
  readonly goal: Goal;
  /** A name that may be shown to moderators, such as `Computer 1`. */
  readonly machineName: string;
  /** Id of the installation's folder, as registered at the machine. */
  /** Undefined: the only one that is registered there. */
  readonly root?: string | undefined;
  readonly backup?: number | undefined;
  /** Undefined: it is chosen later. */
  readonly method?: Method | undefined;
  /** The `custom_id` of each press. */
  readonly buttons: Readonly<Record<string, string>>;
  /** The card is in a thread and is redrawn there by itself. */
  readonly isPlaced: boolean;
}

export interface Stepped {
  /** Anything that JSON can hold. */
  readonly state: unknown;
  readonly view: Card;
  readonly effect?: StoryEffect | undefined;
  /** The job that the story waits for, or last waited for. */
  readonly job: string | undefined;
  /** More than a figure changed: the card is redrawn at once. */
  readonly isTurn: boolean;
  /** Nothing more happens by itself: the card is final until somebody presses something. */
  readonly isEnd: boolean;
}

/** The steps of a story: pure. `commands/wizards` implements it, so that services know no words and no buttons. */
export interface Wizard {
  readonly presses: readonly string[];
  open(opening: Opening): Stepped;
  /** Undefined: the event changes nothing (an old button, news of another job). */
  step(state: unknown, event: StoryEvent): Stepped | undefined;
  /** The card as it is now; without Approve buttons for a message that they were not yet made for. */
  draw(state: unknown, offers?: 'without offers'): Card;
  /** Whether an Approve button belongs to what is shown now. */
  offers(state: unknown, slot: string): boolean;
}
