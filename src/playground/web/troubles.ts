import type { Stage } from './stage.ts';

interface Trouble {
  readonly label: string;
  /** Returns what has happened, in words. */
  readonly make: (stage: Stage) => string | Promise<string>;
  /** Ends it, and says so. Trouble without an end happens once. */
  readonly end?: (stage: Stage) => string;
}

/** What can go wrong at the press of a button. */
const TROUBLES = {
  'server-errors': {
    label: 'Discord answers with errors',
    make: ({ discord }) => {
      discord.setTrouble({ kind: 'server-error' });
      return 'Every request of the bot is answered with 502.';
    },
    end: endOfDiscordTrouble,
  },
  'rate-limits': {
    label: 'Discord limits the rate',
    make: ({ discord }) => {
      discord.setTrouble({ kind: 'rate-limited', retryAfterSeconds: 2 });
      return 'Every request of the bot is answered with 429: try again in 2 seconds.';
    },
    end: endOfDiscordTrouble,
  },
  'claude-down': {
    label: 'Claude is overloaded',
    make: ({ claude }) => {
      if (claude !== undefined) claude.isDown = true;
      return 'Claude answers with 529. Type /check to see what is made of it.';
    },
    end: ({ claude }) => {
      if (claude !== undefined) claude.isDown = false;
      return 'Claude works again.';
    },
  },
  'cut-gateway': {
    label: 'Cut the bot’s connection',
    make: ({ discord }) => {
      discord.dropGateway('cut');
      return 'The bot’s connection with Discord was cut. It resumes by itself.';
    },
  },
  'restart-bot': {
    label: 'Kill the bot, start it again',
    make: async ({ bot }) => {
      if (bot === undefined) return 'The bot does not run here.';
      await bot.stop('SIGKILL');
      await bot.start();
      return 'The bot was killed and runs again. Every card goes on where it was.';
    },
  },
  'kill-agent': {
    label: 'Kill the agent',
    make: async ({ computer }) =>
      (await computer?.killAgent())
        ? 'The agent was killed. Type `migration-agent connect` at the computer to go on.'
        : 'No agent runs at the computer.',
  },
} as const satisfies Record<string, Trouble>;

export type TroubleName = keyof typeof TROUBLES;
export const TROUBLE_NAMES = Object.keys(TROUBLES) as [TroubleName, ...TroubleName[]];

/** There is one kind of Discord's answers at a time. */
const EITHER: readonly TroubleName[] = ['server-errors', 'rate-limits'];

/** Makes trouble on one stage, and knows what is on. */
export class Troubles {
  readonly #stage: Stage;
  #on: readonly TroubleName[] = [];

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** For the page: `on` is undefined for trouble that happens once. */
  get list(): readonly { name: TroubleName; label: string; on: boolean | undefined }[] {
    return TROUBLE_NAMES.map((name) => {
      const trouble: Trouble = TROUBLES[name];
      return { name, label: trouble.label, on: trouble.end && this.#on.includes(name) };
    });
  }

  /** Says what has happened. */
  async set(name: TroubleName, isOn: boolean): Promise<string> {
    const trouble: Trouble = TROUBLES[name];
    const others = this.#on.filter(
      (other) => other !== name && !(EITHER.includes(name) && EITHER.includes(other)),
    );
    if (!isOn && trouble.end !== undefined) {
      this.#on = others;
      return trouble.end(this.#stage);
    }
    if (trouble.end !== undefined) this.#on = [...others, name];
    return await trouble.make(this.#stage);
  }
}

function endOfDiscordTrouble({ discord }: Stage): string {
  discord.setTrouble(undefined);
  return 'Discord works again.';
}
