import { REST, Routes } from 'discord.js';
import type { BotConfig } from './bot-config.ts';

/** Requests as the bot, without a session. */
export function createRest({ discordApi, token }: Pick<BotConfig, 'discordApi' | 'token'>): REST {
  return new REST({ api: discordApi, version: '10' }).setToken(token.reveal().toString('utf8'));
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
