import { Client, Events, GatewayIntentBits, type RESTOptions } from 'discord.js';
import type { Logger } from '../shared/logger.ts';
import type { BotConfig } from './bot-config.ts';

/** Discord forgets an interaction after 3 s; an answer that hangs longer than this is given up and not repeated. */
const CALLBACK_MS = 2_500;
/** How long interactions wait for servers that are unavailable, ms (discord.md §5). */
const WAIT_FOR_GUILDS_MS = 2_000;

export interface ClientEvents {
  /** The session is over for good: the process should end, so that its supervisor starts it anew. */
  readonly onDead: (reason: string) => void;
}

/**
 * A client with the least that the bot needs: only the intent Guilds, no mentions of anybody, and a listener for every
 * event that would otherwise end the process or leave it alive and deaf.
 */
export function createDiscordClient(
  { discordApi, discordCdn }: Pick<BotConfig, 'discordApi' | 'discordCdn'>,
  log: Logger,
  { onDead }: ClientEvents,
): Client {
  const client = new Client({
    intents: [GatewayIntentBits.Guilds],
    allowedMentions: { parse: [], repliedUser: false },
    waitGuildTimeout: WAIT_FOR_GUILDS_MS,
    rest: { api: discordApi, cdn: discordCdn, version: '10', makeRequest },
  });
  client.on(Events.Error, (error) => log.error({ err: error }, 'the Discord client reported an error'));
  client.on(Events.Warn, (message) => log.warn({ message }, 'the Discord client warned'));
  client.on(Events.ShardError, (error) => log.warn({ err: error }, 'the gateway connection failed'));
  client.on(Events.ShardReconnecting, () => log.debug({}, 'the gateway connection is being made again'));
  // Only sent for close codes after which discord.js does not come back.
  client.on(Events.ShardDisconnect, ({ code }) => onDead(`the gateway closed with ${code}`));
  client.on(Events.Invalidated, () => onDead('the gateway session was invalidated'));
  client.rest.on('rateLimited', ({ route, timeToReset }) =>
    log.debug({ route, timeToReset }, 'waiting for a rate limit'),
  );
  client.rest.on('invalidRequestWarning', ({ count }) => log.warn({ count }, 'many requests were refused'));
  return client;
}

/**
 * Requests over the runtime's own fetch, so that no other copy of undici can come between. Answers to interactions are
 * given up early: a timeout is not repeated, and repeating would come too late.
 */
const makeRequest: RESTOptions['makeRequest'] = async (url, init) => {
  const isCallback = new URL(url).pathname.includes('/interactions/');
  // The runtime's own copy of undici has types of its own, of the same shape.
  const own = init as unknown as RequestInit;
  const signals = [own.signal ?? [], isCallback ? AbortSignal.timeout(CALLBACK_MS) : []].flat();
  const response = await fetch(url, { ...own, signal: AbortSignal.any(signals) });
  return response as unknown as Awaited<ReturnType<RESTOptions['makeRequest']>>;
};
