import type { APIMessage } from 'discord-api-types/v10';
import { afterEach } from 'vitest';
import { deployCommands } from '../../deploy-commands.ts';
import { createMetrics, type MetricsService } from '../../services/metrics/metrics.ts';
import type { Machine } from '../../services/services.ts';
import { openRecords } from '../../services/store/records/open-records.ts';
import type { Records } from '../../services/store/records/records.ts';
import { botConfig } from '../../src/bot/bot-config.ts';
import { type RunningBot, startBot } from '../../src/bot/start-bot.ts';
import { messageText } from '../../src/playground/discord/driver/look.ts';
import type { UserDriver } from '../../src/playground/discord/driver/user-driver.ts';
import type { PlaygroundDiscord } from '../../src/playground/discord/playground-discord.ts';
import { startPlaygroundDiscord } from '../../src/playground/discord/start.ts';
import { type Clock, systemClock } from '../../src/shared/clock.ts';
import { createLogger } from '../../src/shared/logger.ts';
import { LAPTOP, MemoryJobs, MemoryMachines, MemoryPairings } from '../helpers/services.ts';
import { useTempFolder } from '../helpers/temp.ts';

/** The real bot and the real client of Discord at a playground, with the far side of its commands in memory. */
export interface World {
  readonly discord: PlaygroundDiscord;
  readonly records: Records;
  readonly metrics: MetricsService;
  readonly jobs: MemoryJobs;
  readonly machines: MemoryMachines;
  readonly pairings: MemoryPairings;
  /** The channel in which people type. */
  readonly help: string;
  /** Who runs the bot. */
  readonly owner: UserDriver;
  readonly other: UserDriver;
  readonly logged: string[];
  /** Links these computers to a person. */
  link(user: UserDriver, ...machines: Machine[]): Promise<void>;
  /** Ends the bot, and starts it anew on the same records. */
  restart(): Promise<void>;
  /** Runs the bot to its end and looks whether the playground has anything to complain of. */
  close(): Promise<void>;
}

export interface WorldOptions {
  readonly clock?: Clock;
}

/** Worlds that are closed after each test. Call it at the top of a file. */
export function useWorld(): (options?: WorldOptions) => Promise<World> {
  const open: World[] = [];
  const folder = useTempFolder();
  afterEach(async () => {
    for (const world of open.splice(0)) await world.close();
  });
  return async (options = {}) => {
    const world = await startWorld(folder(), options);
    open.push(world);
    return world;
  };
}

async function startWorld(dataDir: string, { clock = systemClock }: WorldOptions): Promise<World> {
  const discord = await startPlaygroundDiscord();
  const owner = discord.createUser({ username: 'ada' });
  const other = discord.createUser({ username: 'eve' });
  const config = botConfig(undefined, 'bot.yml', {
    DISCORD_TOKEN: discord.token,
    DISCORD_APP_ID: discord.applicationId,
    OWNER_ID: owner.id,
    DATA_DIR: dataDir,
    DISCORD_API: discord.api,
    DISCORD_CDN: discord.cdn,
  });
  await deployCommands(config);
  const logged: string[] = [];
  const log = createLogger('debug', { write: (line) => void logged.push(line) });
  const records = await openRecords({ path: ':memory:' });
  const metrics = createMetrics(records, (error) => log.error({ err: error }, 'a listener failed'));
  const jobs = new MemoryJobs();
  const machines = new MemoryMachines();
  const pairings = new MemoryPairings();
  const link: World['link'] = async (user, ...linked) => {
    machines.give({ guild: discord.guildId, user: user.id }, ...linked);
    for (const { id, label, os } of linked) {
      const key = { jwk: { kty: 'OKP', crv: 'Ed25519', x: id }, thumbprint: id } as const;
      await records.agents.add({ id, guild: discord.guildId, owner: user.id, label, os, ...key });
    }
  };
  await link(owner, LAPTOP);
  const start = () => startBot(config, { machines, pairings, jobs, metrics, records, clock, log });
  let bot: RunningBot = await start();
  return {
    discord,
    records,
    metrics,
    jobs,
    machines,
    pairings,
    help: discord.channelId('migration-help'),
    owner,
    other,
    logged,
    link,
    async restart() {
      await bot.close();
      bot = await start();
    },
    async close() {
      await bot.close();
      await records.close();
      await discord.close();
    },
  };
}

/** The private thread that this user sees, once there is one. */
export function threadOf(user: UserDriver): Promise<string> {
  return user.until(() => user.channels().find(({ isPrivate }) => isPrivate)?.id, {
    about: 'a private thread',
  });
}

/** The card in the thread, once it says this. */
export function cardSaying(user: UserDriver, thread: string, words: string): Promise<APIMessage> {
  return user.waitFor(thread, (message) => messageText(message).includes(words), {
    about: `a card with "${words}"`,
  });
}
