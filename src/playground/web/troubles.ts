import type { Stage } from './stage.ts';

/** What can go wrong at the press of a button. Each returns what has happened, in words. */
export const TROUBLES = {
  'server-errors': {
    label: 'Discord answers with errors',
    kind: 'switch',
    set: ({ discord }: Stage, isOn: boolean) => {
      discord.setTrouble(isOn ? { kind: 'server-error' } : undefined);
      return isOn ? 'Every request of the bot is answered with 502.' : 'Discord works again.';
    },
  },
  'rate-limits': {
    label: 'Discord limits the rate',
    kind: 'switch',
    set: ({ discord }: Stage, isOn: boolean) => {
      discord.setTrouble(isOn ? { kind: 'rate-limited', retryAfterSeconds: 2 } : undefined);
      return isOn
        ? 'Every request of the bot is answered with 429: try again in 2 seconds.'
        : 'Discord works again.';
    },
  },
  'cut-gateway': {
    label: 'Cut the bot’s connection',
    kind: 'press',
    set: ({ discord }: Stage) => {
      discord.dropGateway('cut');
      return 'The bot’s connection with Discord was cut. It resumes by itself.';
    },
  },
  'restart-bot': {
    label: 'Kill the bot, start it again',
    kind: 'press',
    set: async ({ bot }: Stage) => {
      if (bot === undefined) return 'The bot does not run here.';
      await bot.stop('SIGKILL');
      await bot.start();
      return 'The bot was killed and runs again. Every card goes on where it was.';
    },
  },
  'kill-agent': {
    label: 'Kill the agent',
    kind: 'press',
    set: async ({ computer }: Stage) =>
      (await computer?.killAgent())
        ? 'The agent was killed. Type `migration-agent connect` at the computer to go on.'
        : 'No agent runs at the computer.',
  },
} as const satisfies Record<string, Trouble>;

interface Trouble {
  readonly label: string;
  /** `switch` stays on until it is set off; `press` happens once. */
  readonly kind: 'switch' | 'press';
  readonly set: (stage: Stage, isOn: boolean) => string | Promise<string>;
}

export type TroubleName = keyof typeof TROUBLES;
export const TROUBLE_NAMES = Object.keys(TROUBLES) as [TroubleName, ...TroubleName[]];
