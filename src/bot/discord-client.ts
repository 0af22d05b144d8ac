import { Client, DefaultRestOptions, Events, GatewayIntentBits, type RESTOptions } from 'discord.js';
import type { Logger } from '../shared/logger.ts';
import type { BotConfig } from './bot-config.ts';
import { watchRest } from './discord-rest.ts';

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
 * event that would otherwise end the process or leave it alive and deaf. Its REST is for answers to interactions, which
 * Discord does not count to the bot's 50 requests a second (page "Rate limits"); discord.js would, and let people wait.
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
    rest: { api: discordApi, cdn: discordCdn, version: '10', makeRequest, globalRequestsPerSecond: Infinity },
  });
  client.on(Events.Error, (error) => log.error({ err: error }, 'the Discord client reported an error'));
  client.on(Events.Warn, (message) => log.warn({ message }, 'the Discord client warned'));
  client.on(Events.ShardError, (error) => log.warn({ err: error }, 'the gateway connection failed'));
  client.on(Events.ShardReconnecting, () => log.debug({}, 'the gateway connection is being made again'));
  // Only sent for close codes after which discord.js does not come back.
  client.on(Events.ShardDisconnect, ({ code }) => onDead(`the gateway closed with ${code}`));
  client.on(Events.Invalidated, () => onDead('the gateway session was invalidated'));
  watchRest(client.rest, log);
  return client;
}

/**
 * As discord.js makes requests, except that answers to interactions are given up early, and not repeated: that would come
 * too late. The runtime's own fetch is not used: it leaves five times as much to the garbage collector, whose pauses are
 * what acknowledgements wait for (docs/bench.md).
 */
const makeRequest: RESTOptions['makeRequest'] = async (url, init) => {
  if (!new URL(url).pathname.includes('/interactions/'))
    return await DefaultRestOptions.makeRequest(url, init);
  const hanging = new AbortController();
  const timer = setTimeout(() => hanging.abort(noAnswer()), CALLBACK_MS);
  try {
    return await DefaultRestOptions.makeRequest(url, { ...init, signal: hanging.signal });
  } finally {
    clearTimeout(timer);
  }
};

/** discord.js repeats what ends with an AbortError; a DOMException would bring a number that looks like Discord's codes. */
function noAnswer(): Error {
  const error = new Error(`Discord has not answered within ${CALLBACK_MS} ms`);
  error.name = 'TimeoutError';
  return error;
}
