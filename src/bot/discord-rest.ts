import { REST, Routes } from 'discord.js';
import type { Logger } from '../shared/logger.ts';
import type { BotConfig } from './bot-config.ts';

/** Requests as the bot, without a session. */
export function createRest({ discordApi, token }: Pick<BotConfig, 'discordApi' | 'token'>): REST {
  return new REST({ api: discordApi, version: '10' }).setToken(token.reveal().toString('utf8'));
}

/** Tells the log what a REST client waits for and is refused. */
export function watchRest(rest: REST, log: Logger): void {
  rest.on('rateLimited', ({ route, timeToReset }) =>
    log.debug({ route, timeToReset }, 'waiting for a rate limit'),
  );
  rest.on('invalidRequestWarning', ({ count }) => log.warn({ count }, 'many requests were refused'));
}

/** The user name (not the one displayed) of an account, as Discord gives it now; undefined if there is no such account. */
export async function usernameOf(rest: REST, user: string): Promise<string | undefined> {
  try {
    const account = (await rest.get(Routes.user(user))) as { readonly username?: unknown };
    return typeof account.username === 'string' ? account.username : undefined;
  } catch (error) {
    if (error instanceof Error && 'status' in error && error.status === 404) return undefined;
    throw error;
  }
}
