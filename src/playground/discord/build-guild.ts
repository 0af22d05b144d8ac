import type { Clock } from './clock.ts';
import type { Snowflakes } from './snowflakes.ts';
import { makeUser } from './world/accounts.ts';
import { Guild, type Role } from './world/guild.ts';
import { BOT_PERMISSIONS, EVERYONE_PERMISSIONS } from './world/permissions.ts';

export interface ChannelOption {
  readonly name: string;
  readonly topic?: string;
  /** An announcement channel instead of a text channel. */
  readonly isAnnouncement?: boolean;
}

export interface RoleOption {
  readonly name: string;
  /** Beyond what everyone may do. */
  readonly permissions?: bigint;
}

export interface GuildOptions {
  readonly guildName?: string;
  /** Name of the bot. */
  readonly botName?: string;
  /** What the bot may do in the server; what it asks for at its invitation when left out. */
  readonly botPermissions?: bigint;
  readonly channels?: readonly ChannelOption[];
  readonly roles?: readonly RoleOption[];
}

const DEFAULT_CHANNELS: readonly ChannelOption[] = [
  { name: 'general' },
  { name: 'migration-help', topic: 'Moving from the git clone to the package' },
  { name: 'announcements', isAnnouncement: true },
];

/** A server with its owner, the bot, roles and channels. Ids are made in this order, so roles of people sort last. */
export function buildGuild(options: GuildOptions, snowflakes: Snowflakes, clock: Clock): Guild {
  const botId = snowflakes.next();
  const ownerId = snowflakes.next();
  const guild = new Guild(snowflakes.next(), options.guildName ?? 'Orchestra', ownerId, botId);
  addUser(guild, clock, makeUser(botId, options.botName ?? 'Migration Assistant', undefined, true));
  addUser(guild, clock, makeUser(ownerId, 'owner', 'Server owner'));
  addRole(guild, {
    id: guild.id,
    name: '@everyone',
    permissions: EVERYONE_PERMISSIONS,
    position: 0,
    botId: undefined,
  });
  const permissions = options.botPermissions ?? BOT_PERMISSIONS;
  const botRole = {
    id: snowflakes.next(),
    name: options.botName ?? 'Migration Assistant',
    permissions,
    position: 1,
    botId,
  };
  addRole(guild, botRole);
  giveRole(guild, botId, botRole.id);
  for (const { name, permissions: more = 0n } of options.roles ?? []) {
    addRole(guild, {
      id: snowflakes.next(),
      name,
      permissions: more,
      position: guild.roles.size,
      botId: undefined,
    });
  }
  for (const channel of options.channels ?? DEFAULT_CHANNELS) addChannel(guild, snowflakes, channel);
  return guild;
}

export function addChannel(guild: Guild, snowflakes: Snowflakes, option: ChannelOption): string {
  const id = snowflakes.next();
  guild.channels.set(id, {
    kind: 'guild',
    id,
    type: option.isAnnouncement === true ? 5 : 0,
    position: guild.guildChannels.length,
    name: option.name,
    topic: option.topic ?? null,
    overwrites: [],
    lastMessageId: null,
  });
  return id;
}

export function addUser(guild: Guild, clock: Clock, user: ReturnType<typeof makeUser>): void {
  guild.users.set(user.id, user);
  const joinedAt = new Date(clock.now()).toISOString();
  guild.members.set(user.id, { userId: user.id, joinedAt, roleIds: [] });
}

export function addRole(guild: Guild, role: Role): void {
  guild.roles.set(role.id, role);
}

export function giveRole(guild: Guild, userId: string, roleId: string): void {
  const member = guild.members.get(userId);
  if (member !== undefined) member.roleIds = [...member.roleIds, roleId];
}
