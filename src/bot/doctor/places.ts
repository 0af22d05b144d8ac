import { once } from 'node:events';
import { type Client, Events, type Guild, PermissionFlagsBits, PermissionsBitField } from 'discord.js';
import type { BotConfig } from '../bot-config.ts';
import { error, type Finding, ok, skipped } from './finding.ts';

/** What the bot does where, by the name that Discord's settings show. */
const NEEDED = {
  help: {
    'View Channel': PermissionFlagsBits.ViewChannel,
    'Send Messages': PermissionFlagsBits.SendMessages,
    'Read Message History': PermissionFlagsBits.ReadMessageHistory,
  },
  threads: {
    'View Channel': PermissionFlagsBits.ViewChannel,
    'Create Private Threads': PermissionFlagsBits.CreatePrivateThreads,
    'Send Messages in Threads': PermissionFlagsBits.SendMessagesInThreads,
    'Manage Threads': PermissionFlagsBits.ManageThreads,
  },
} as const;
const READY_MS = 20_000;

/** A session with Discord, the servers that the bot is in, their channels and what it may do there. Ends the session. */
export async function checkPlaces(client: Client, config: BotConfig): Promise<readonly Finding[]> {
  try {
    const ready = once(client, Events.ClientReady, { signal: AbortSignal.timeout(READY_MS) });
    await client.login(config.token.reveal().toString('utf8'));
    await ready;
  } catch {
    return [error('gateway', 'no session could be opened', 'Look at the network: wss must be let through.')];
  } finally {
    client.removeAllListeners(Events.ClientReady);
  }
  const guilds = [...client.guilds.cache.values()].filter(
    ({ id }) => config.guildId === undefined || id === config.guildId,
  );
  const findings = guilds.flatMap((guild) => checkGuild(guild, config));
  await client.destroy();
  const isNowhere = guilds.length === 0;
  return [
    ok('gateway', 'a session was opened'),
    isNowhere
      ? error(
          'server',
          config.guildId === undefined ? 'the bot is in no server' : 'the bot is not in DISCORD_GUILD_ID',
          `Invite it: ${inviteLink(config)}`,
        )
      : ok('server', `the bot is in ${guilds.length === 1 ? 'it' : `${guilds.length} of them`}`),
    ...findings,
  ];
}

function checkGuild(guild: Guild, { helpChannel, threadsChannel, staffRoleId }: BotConfig): Finding[] {
  return [
    checkChannel(guild, 'HELP_CHANNEL', helpChannel, NEEDED.help),
    checkChannel(guild, 'THREADS_CHANNEL', threadsChannel, NEEDED.threads),
    staffRoleId === undefined
      ? skipped('staff role', 'STAFF_ROLE_ID is not given: only the owner counts as staff')
      : guild.roles.cache.has(staffRoleId)
        ? ok('staff role', 'it is there')
        : error('staff role', 'STAFF_ROLE_ID is no role of the server', 'Copy the id of the role again.'),
  ];
}

function checkChannel(
  guild: Guild,
  key: string,
  idOrName: string,
  needed: Readonly<Record<string, bigint>>,
): Finding {
  const channel = guild.channels.cache.find(({ id, name }) => id === idOrName || name === idOrName);
  const me = guild.members.me;
  if (channel === undefined || channel.isThread() || me === null)
    return error(key, `the bot sees no channel "${idOrName}"`, `Make it, or name another one with ${key}.`);
  const may = channel.permissionsFor(me);
  const lacking = Object.entries(needed).filter(([, bit]) => !may.has(bit));
  return lacking.length === 0
    ? ok(key, 'the bot may do there what it needs to')
    : error(
        key,
        `the bot lacks there: ${lacking.map(([name]) => name).join(', ')}`,
        `Allow it for the bot's role in the settings of that channel.`,
      );
}

/** The least that the bot needs for all it does. */
export function inviteLink({ appId, discordApi }: Pick<BotConfig, 'appId' | 'discordApi'>): string {
  const permissions = new PermissionsBitField([
    ...Object.values(NEEDED.help),
    ...Object.values(NEEDED.threads),
    'AttachFiles',
  ]).bitfield;
  const origin = discordApi.replace(/\/api$/, '');
  return `${origin}/oauth2/authorize?client_id=${appId}&scope=bot+applications.commands&permissions=${permissions}`;
}
