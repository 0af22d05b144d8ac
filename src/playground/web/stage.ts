import type { Claude } from '../claude.ts';
import type { BotProcess } from '../computer/bot-process.ts';
import type { Computer } from '../computer/computer.ts';
import type { PlaygroundDiscord } from '../discord/playground-discord.ts';
import type { People } from '../people.ts';

/** Everything that the page shows and moves. */
export interface Stage {
  readonly discord: PlaygroundDiscord;
  readonly people: People;
  /** Undefined: the page has no right side. */
  readonly computer: Computer | undefined;
  /** Undefined: somebody else runs the bot. */
  readonly bot: BotProcess | undefined;
  /** Undefined: the agent asks nobody about Claude. */
  readonly claude: Claude | undefined;
}
