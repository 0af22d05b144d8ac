import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { deployCommands } from '../../deploy-commands.ts';
import { botConfig } from '../../src/bot/bot-config.ts';
import { BotProcess } from '../../src/playground/computer/bot-process.ts';
import type { UserDriver } from '../../src/playground/discord/driver/user-driver.ts';
import type { PlaygroundDiscord } from '../../src/playground/discord/playground-discord.ts';
import { startPlaygroundDiscord } from '../../src/playground/discord/start.ts';

/** A bot in its own process at a Discord of its own, where people can use our commands. */
export interface BotAtDiscord {
  readonly name: string;
  readonly discord: PlaygroundDiscord;
  readonly people: readonly UserDriver[];
  /** The channel in which people type. */
  readonly channel: string;
  close(): Promise<void>;
}

/** So many that no two interactions of the same person are open at once. */
const PEOPLE = 50;

/** `args` is what Node is given; our bot, as it is always started, when undefined. */
export async function startBotAtDiscord(
  name: string,
  args: readonly string[] | undefined,
  folder: string,
): Promise<BotAtDiscord> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const discord = await startPlaygroundDiscord({ keepTraffic: false });
  const people = Array.from({ length: PEOPLE }, (_, n) => discord.createUser({ username: `person${n}` }));
  const env = {
    DISCORD_TOKEN: discord.token,
    DISCORD_APP_ID: discord.applicationId,
    OWNER_ID: people[0]?.id ?? '',
    DISCORD_API: discord.api,
    DISCORD_CDN: discord.cdn,
    DATA_DIR: folder,
    HUB_LISTEN: `unix:${join(folder, 'hub.sock')}`,
    HTTP_LISTEN: '127.0.0.1:0',
    HOME: folder,
  };
  await deployCommands(botConfig(undefined, 'bot.yml', env));
  const bot = new BotProcess({ env, log: join(folder, 'bot.log'), ...(args === undefined ? {} : { args }) });
  await bot.start();
  return {
    name,
    discord,
    people,
    channel: discord.channelId('migration-help'),
    async close() {
      await bot.close();
      // Who was not acknowledged is told by the measurement.
      await discord.close({ allow: ['unanswered'] });
    },
  };
}
