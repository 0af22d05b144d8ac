import type { AutocompleteInteraction, ChatInputCommandInteraction } from 'discord.js';
import type {
  APIApplicationCommandOptionChoice,
  RESTPostAPIChatInputApplicationCommandsJSONBody,
} from 'discord-api-types/v10';
import type { Actor, Job, Jobs, Machines, Owner, Pairings } from '../services/services.ts';
import type { Stories } from '../services/stories.ts';
import type { JobNews } from '../services/story-wizard.ts';
import type { Suggestions } from '../services/suggestions.ts';
import type { Card } from '../src/shared/card.ts';

/** Who asks, where, and with which press: what dispatch found out before anything was looked up. */
export interface Asker {
  readonly owner: Owner;
  readonly actor: Actor;
  readonly isStaff: boolean;
  /** The message whose button or menu was used; undefined for a typed command. */
  readonly message: string | undefined;
}

/** What a command or button shows. Every answer is seen by the asker alone. */
export type Answer =
  /** The answer itself: of a typed command its reply, of a button the message that carries it. */
  | {
      readonly at: 'here';
      readonly card: Card;
      /** Told the message that it became; what it returns is drawn instead. */
      readonly onShown?: (message: string) => Promise<Card | undefined>;
    }
  /** A new message beside the one that carries the button. */
  | { readonly at: 'beside'; readonly card: Card }
  /** Nothing: the live card in the thread tells. */
  | { readonly at: 'elsewhere' };

/** Checked in the handler: Discord's own settings gate only what is offered. */
export type Permission = 'everyone' | 'staff';

export type Choice = APIApplicationCommandOptionChoice<string>;

/** A slash command: data and functions. Only `parse` and `complete` know Discord. */
export interface Command<Request = unknown> {
  readonly definition: RESTPostAPIChatInputApplicationCommandsJSONBody;
  readonly permission: Permission;
  parse(interaction: ChatInputCommandInteraction): Request;
  run(request: Request, asker: Asker, deps: CommandDeps): Promise<Answer>;
  /** At most 25 choices for the option that is being typed. */
  complete?(typed: AutocompleteInteraction, asker: Asker, deps: CommandDeps): Promise<readonly Choice[]>;
}

/** What a button or menu does: `v1:<route>:<id>`. */
export interface ComponentHandler {
  readonly route: string;
  readonly permission: Permission;
  /**
   * `row`: the id is of a stored component, which says who may press it. `approval`: it is of an approval, which the jobs
   * look up with the presser.
   */
  readonly id: 'row' | 'approval';
  /** `data` is the stored component's; of an approval the id itself. `values` are those chosen in a menu. */
  press(data: unknown, values: readonly string[], asker: Asker, deps: CommandDeps): Promise<Answer>;
}

/** A button to be: where it leads and what it stands for. */
export interface NewButton {
  readonly route: string;
  readonly data: unknown;
}

export interface CommandDeps {
  readonly machines: Machines;
  readonly pairings: Pairings;
  readonly jobs: Jobs;
  readonly stories: Stories;
  readonly suggestions: Suggestions;
  /** Stores what a button stands for, for this person alone; returns its `custom_id`. */
  readonly button: (owner: Owner, button: NewButton) => Promise<string>;
  /** The job as it is when it ends, or when the time is over, whichever comes first. */
  readonly follow: (owner: Owner, job: Job) => Promise<JobNews>;
  /** What comes of it while the answer can still be redrawn; undefined when it takes longer. */
  readonly withinAnswer: <T>(work: Promise<T>) => Promise<T | undefined>;
  /** All commands, for `/help`. */
  readonly commands: readonly Pick<Command, 'definition' | 'permission'>[];
}

/** An answer in its own place. */
export function here(card: Card): Answer {
  return { at: 'here', card };
}
