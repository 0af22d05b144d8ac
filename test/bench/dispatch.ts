import { join } from 'node:path';
import { type BotAtDiscord, startBotAtDiscord } from './bot-at-discord.ts';
import { latencies } from './load.ts';
import { median, percentile } from './measure.ts';

const BARE = join(import.meta.dirname, 'bots');
/** Name in the table, and what Node is given. The first is what the others are compared with. */
const BOTS = [
  ['bare discord.js: one listener, deferReply', [join(BARE, 'discord-js.ts')]],
  ['bare @discordjs/core: one listener, defer', [join(BARE, 'discord-js-core.ts')]],
  ['ours: `src/bot.ts`, commands carried out and answered', undefined],
] as const;
const PER_SECOND = 100;
const IN_A_ROUND = 500;
/** Not measured: at first code is compiled and heaps grow; before each round, bots wake up from the others' rounds. */
const WARM_UP = 1000;
const WAKE_UP = 100;

interface Figures {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** How soon a press or command is acknowledged: every bot in its own process, at the same kind of Discord, in turn. */
export async function dispatch(folder: string, rounds: number): Promise<string[]> {
  const bots: BotAtDiscord[] = [];
  try {
    for (const [index, [name, args]] of BOTS.entries())
      bots.push(await startBotAtDiscord(name, args, join(folder, `bot-${index}`)));
    for (const bot of bots) await latencies(bot, PER_SECOND, WARM_UP);
    const all = bots.map((): Figures[] => []);
    for (let round = 0; round < rounds; round++) {
      for (let turn = 0; turn < bots.length; turn++) {
        // Nobody always comes first.
        const index = (round + turn) % bots.length;
        const values = await latencies(bots[index] as BotAtDiscord, PER_SECOND, WAKE_UP + IN_A_ROUND);
        all[index]?.push(figuresOf(values.slice(WAKE_UP)));
      }
    }
    return [table(bots, all)];
  } finally {
    for (const bot of bots) await bot.close();
  }
}

function figuresOf(values: readonly number[]): Figures {
  return { p50: percentile(values, 0.5), p99: percentile(values, 0.99), max: Math.max(...values) };
}

function table(bots: readonly BotAtDiscord[], all: readonly (readonly Figures[])[]): string {
  const of = (index: number, key: 'p50' | 'p99') => median((all[index] ?? []).map((figures) => figures[key]));
  const rows = bots.map(({ name }, index) => {
    const ratio = (key: 'p50' | 'p99') => `${(of(index, key) / of(0, key)).toFixed(2)} ×`;
    const slowest = Math.max(...(all[index] ?? []).map(({ max }) => max));
    const cells = [of(index, 'p50').toFixed(2), ratio('p50'), of(index, 'p99').toFixed(2), ratio('p99')];
    return `| ${name} | ${[...cells, slowest.toFixed(1)].join(' | ')} |`;
  });
  return [
    `### From a press to the callback’s arrival, ${PER_SECOND} a second, ${IN_A_ROUND} a round`,
    '',
    '| | p50, ms | | p99, ms | | slowest of all, ms |',
    '|---|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
