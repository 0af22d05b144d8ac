import { DiscordAPIError, type REST } from 'discord.js';
import { Routes } from 'discord-api-types/v10';
import type { BotConfig } from '../bot-config.ts';
import { error, type Finding, ok, warning } from './finding.ts';

interface Application {
  readonly id: string;
  readonly name: string;
  readonly interactions_endpoint_url?: string | null;
}

/** Clocks that differ by more than this make approvals fail, ms (channel.md §7). */
const MOST_SKEW_MS = 60_000;

/** The token, the application that it belongs to, where the portal sends interactions, and the clock. */
export async function checkAccount(rest: REST, { appId }: BotConfig): Promise<readonly Finding[]> {
  let date: string | null = null;
  const note = (_request: unknown, response: { readonly headers: { get(name: string): string | null } }) => {
    date = response.headers.get('date');
  };
  rest.on('response', note);
  try {
    const application = (await rest.get(Routes.currentApplication())) as Application;
    return [
      ok('token', `Discord accepts it: application "${application.name}"`),
      application.id === appId
        ? ok('application', 'the token belongs to DISCORD_APP_ID')
        : error(
            'application',
            `the token belongs to application ${application.id}, not to DISCORD_APP_ID`,
            'Copy id and token from the same application of the developer portal.',
          ),
      application.interactions_endpoint_url
        ? error(
            'interactions',
            'the developer portal sends them to an address, so that the bot never sees one',
            'Empty the field "Interactions Endpoint URL" of the application.',
          )
        : ok('interactions', 'they come over the gateway'),
      ...clockFinding(date),
    ];
  } catch (failure) {
    return [tokenFinding(failure)];
  } finally {
    rest.off('response', note);
  }
}

function tokenFinding(failure: unknown): Finding {
  if (failure instanceof DiscordAPIError || (failure instanceof Error && 'status' in failure))
    return error(
      'token',
      `Discord refuses it (HTTP ${String((failure as { status: unknown }).status)})`,
      'Reset the token in the developer portal and write the new one into the settings.',
    );
  return error(
    'token',
    'Discord cannot be reached',
    'Look at the network of this computer and at DISCORD_API, then try again.',
  );
}

function clockFinding(date: string | null): Finding[] {
  if (date === null) return [];
  const skew = Math.abs(Date.now() - Date.parse(date));
  return [
    skew <= MOST_SKEW_MS
      ? ok('clock', 'it agrees with Discord’s')
      : warning(
          'clock',
          `it differs from Discord’s by ${Math.round(skew / 1000)} s`,
          'Let the system set its clock (NTP).',
        ),
  ];
}
