import { Events } from 'discord.js';
import type { CommandDeps } from '../../commands/command.ts';
import { createDispatch } from '../../commands/dispatch.ts';
import { COMMANDS, HANDLERS } from '../../commands/index.ts';
import { metricsCard as drawMetrics } from '../../commands/views/metrics.ts';
import { migrationWizard } from '../../commands/wizards/migration.ts';
import { followJob } from '../../services/follow-job.ts';
import { newsOf } from '../../services/job-news.ts';
import { createMetricsCard } from '../../services/metrics-card.ts';
import type { Jobs, Machines, Metrics, Pairings } from '../../services/services.ts';
import type { Tables } from '../../services/store/records/records.ts';
import { createStories } from '../../services/story-keeper.ts';
import { createSuggestions } from '../../services/suggestions.ts';
import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import type { BotConfig } from './bot-config.ts';
import { createDiscordClient } from './discord-client.ts';
import { createDiscordPort } from './discord-port.ts';
import { createRest, watchRest } from './discord-rest.ts';

/** What the bot shows in Discord: the far side of every command. */
export interface BotServices {
  readonly machines: Machines;
  readonly pairings: Pairings;
  readonly jobs: Jobs;
  readonly metrics: Metrics;
  readonly records: Pick<Tables, 'stories' | 'components' | 'settings' | 'cache'>;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface RunningBot {
  /** Fulfilled with a reason when the session with Discord is over for good. */
  readonly dead: Promise<string>;
  /** Takes no more interactions, lets go of the cards, and leaves Discord. */
  close(): Promise<void>;
}

/** How long buttons of short answers work, ms; those of stories have their own time. */
const BUTTON_MS = 24 * 3_600_000;
/** How long a command waits for a computer, ms; less than dispatch waits for the command. */
const FOLLOW_MS = 45_000;

/**
 * Starts the bot's Discord half. Fulfilled when it is logged in, every open card is drawn again and the figures are shown.
 * @throws what discord.js throws when the token is refused
 */
export async function startBot(config: BotConfig, services: BotServices): Promise<RunningBot> {
  const { records, jobs, metrics, machines, pairings, clock, log } = services;
  const death = Promise.withResolvers<string>();
  const client = createDiscordClient(config, log, { onDead: death.resolve });
  const rest = createRest(config);
  watchRest(rest, log);
  const port = createDiscordPort({ rest, guilds: client.guilds }, log);
  const { threadsChannel } = config;
  const stories = createStories({ port, records, jobs, wizard: migrationWizard, threadsChannel, clock, log });
  const figures = createMetricsCard({
    port,
    metrics,
    settings: records.settings,
    channel: config.helpChannel,
    draw: drawMetrics,
    clock,
    log,
  });
  const deps: CommandDeps = {
    machines,
    pairings,
    jobs,
    stories,
    suggestions: createSuggestions(records.cache, (error) => log.warn({ err: error }, 'the cache failed')),
    commands: COMMANDS,
    withinAnswer: (work) => within(work, FOLLOW_MS, clock),
    follow: async (owner, job) => newsOf(await followJob(jobs, owner, job, FOLLOW_MS, clock)),
    button: async ({ guild, user }, { route, data }) => {
      const expiresAt = clock.now() + BUTTON_MS;
      const id = await records.components.create({ route, guild, owner: user, data, expiresAt });
      return `v1:${route}:${id}`;
    },
  };
  const { ownerId, staffRoleId } = config;
  const { components } = records;
  const dispatch = createDispatch({
    commands: COMMANDS,
    handlers: HANDLERS,
    deps,
    components,
    ownerId,
    staffRoleId,
    clock,
    log,
  });

  client.on(Events.InteractionCreate, (interaction) => void dispatch(interaction));
  client.on(Events.GuildCreate, ({ id }) => void figures.keep(id));
  const ready = new Promise<void>((resolve) => client.once(Events.ClientReady, () => resolve()));
  const close = async () => {
    client.removeAllListeners(Events.InteractionCreate);
    stories.close();
    figures.close();
    await client.destroy();
  };
  try {
    await client.login(config.token.reveal().toString('utf8'));
    await ready;
    await components.removeExpired();
    await stories.resume();
    await Promise.all(port.guilds().map((guild) => figures.keep(guild)));
  } catch (error) {
    await close();
    throw error;
  }
  log.info({ guilds: port.guilds().length }, 'the bot is ready');
  return { dead: death.promise, close };
}

/** Undefined when the time is over first. */
async function within<T>(work: Promise<T>, milliseconds: number, clock: Clock): Promise<T | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const cancel = clock.after(milliseconds, () => resolve(undefined));
  try {
    return await Promise.race([work, promise]);
  } finally {
    cancel();
  }
}
