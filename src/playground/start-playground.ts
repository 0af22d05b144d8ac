import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Claude } from './claude.ts';
import { BotProcess } from './computer/bot-process.ts';
import { Computer } from './computer/computer.ts';
import type { FindingKind } from './discord/findings.ts';
import type { PlaygroundDiscord } from './discord/playground-discord.ts';
import { startPlaygroundDiscord } from './discord/start.ts';
import { invitePeople, MANAGER_ROLE, type People, STAFF_ROLE } from './people.ts';
import { INVENTED_TOKENS } from './sample/invented.ts';
import { writeSample } from './sample/write-sample.ts';
import { PageServer } from './web/page-server.ts';

export interface PlaygroundOptions {
  /** Of the page; a free one when left out. */
  readonly port?: number;
  /** Megabytes of state in the sample installation; 3 when left out. */
  readonly stateMegabytes?: number;
  /** Keep every frame between bot and Discord for a test to look at; true when left out. */
  readonly keepTraffic?: boolean;
  /** More for the bot's environment. */
  readonly botEnv?: Readonly<Record<string, string>>;
}

export interface Playground {
  /** Address of the page, with its key. */
  readonly url: string;
  readonly port: number;
  readonly discord: PlaygroundDiscord;
  readonly people: People;
  readonly computer: Computer;
  readonly bot: BotProcess;
  readonly claude: Claude;
  /** Everything of this start lies below it, `bot.log` too; removed at the end. */
  readonly folder: string;
  /**
   * Stops everything and removes the folder.
   * @throws what was wrong between bot and Discord; kinds in `allow` are passed over
   */
  close(options?: { allow?: readonly FindingKind[] }): Promise<void>;
}

/**
 * Starts the look-alike of Discord, the real bot on it, a computer with a legacy installation, and the page. Fulfilled when
 * all of it can be used.
 * @throws when the bot does not become ready, with the end of its log; nothing is left then
 */
export async function startPlayground(options: PlaygroundOptions = {}): Promise<Playground> {
  const undo: (() => Promise<void>)[] = [];
  const stopAll = async () => {
    const failures: unknown[] = [];
    for (const step of undo.splice(0).reverse()) await step().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  };
  try {
    const folder = await mkdtemp(join(await realpath(tmpdir()), 'playground-'));
    undo.push(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
    const [home, data, hubFolder] = ['home', 'bot', 'hub'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    await Promise.all([home, data, hubFolder].map((path) => mkdir(path, { mode: 0o700 })));
    const hub = `unix:${join(hubFolder, 'hub.sock')}`;

    const sampling = writeSample(home, options);
    sampling.catch(() => undefined); // It is waited for below.
    const roles = [{ name: STAFF_ROLE }, { name: MANAGER_ROLE }];
    const discord = await startPlaygroundDiscord({
      guildName: 'The playground',
      roles,
      ...(options.keepTraffic === undefined ? {} : { keepTraffic: options.keepTraffic }),
    });
    let allow: readonly FindingKind[] = [];
    undo.push(() => discord.close({ allow }));
    const people = invitePeople(discord);

    const env = { ...botEnv(discord, people, data, hub), ...options.botEnv };
    const bot = new BotProcess({ env, log: join(folder, 'bot.log') });
    undo.push(() => bot.close());
    const becomingReady = bot.start();
    becomingReady.catch(() => undefined); // It is waited for below.

    const sample = await sampling;
    discord.createBot('ovens', INVENTED_TOKENS.discord);
    const claude = await Claude.start(INVENTED_TOKENS.anthropic);
    undo.push(() => claude.close());
    const services = { discord: discord.api, claude: claude.url };
    const computer = await Computer.start({ sample, programs: join(folder, 'programs'), hub, services });
    undo.push(() => computer.close());
    const page = await PageServer.start({ discord, people, computer, bot, claude }, options.port ?? 0);
    undo.push(() => page.close());
    await becomingReady;
    return {
      url: page.url,
      port: page.port,
      discord,
      people,
      computer,
      bot,
      claude,
      folder,
      close: async (given = {}) => {
        allow = given.allow ?? [];
        await stopAll();
      },
    };
  } catch (error) {
    await stopAll().catch(() => undefined);
    throw error;
  }
}

/** The bot's settings (src/bot/bot-config.ts), as anybody would set them. */
function botEnv(
  discord: PlaygroundDiscord,
  people: People,
  data: string,
  hub: string,
): Record<string, string> {
  return {
    DISCORD_TOKEN: discord.token,
    DISCORD_APP_ID: discord.applicationId,
    DISCORD_GUILD_ID: discord.guildId,
    OWNER_ID: people.owner.driver.id,
    STAFF_ROLE_ID: discord.roleId(STAFF_ROLE),
    DISCORD_API: discord.api,
    DISCORD_CDN: discord.cdn,
    DATA_DIR: data,
    HUB_LISTEN: hub,
    HTTP_LISTEN: '127.0.0.1:0',
    HOME: data,
  };
}
