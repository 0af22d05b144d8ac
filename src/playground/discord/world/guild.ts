import { type APIUser, PermissionFlagsBits as Bits } from 'discord-api-types/v10';
import type { Channel, DirectChannel, GuildChannel, Thread } from './channel.ts';
import { ALL_PERMISSIONS, basePermissions, DIRECT_PERMISSIONS, withOverwrites } from './permissions.ts';

export interface Role {
  readonly id: string;
  readonly name: string;
  readonly permissions: bigint;
  readonly position: number;
  /** The application whose own role this is. */
  readonly botId: string | undefined;
}

export interface Member {
  readonly userId: string;
  readonly joinedAt: string;
  roleIds: readonly string[];
}

/** The one server of the playground: who is there, what there is, and who may do what. */
export class Guild {
  readonly id: string;
  readonly name: string;
  readonly ownerId: string;
  readonly botId: string;
  readonly users = new Map<string, APIUser>();
  readonly members = new Map<string, Member>();
  readonly roles = new Map<string, Role>();
  readonly channels = new Map<string, Channel>();
  /** Language of each user's client. */
  readonly locales = new Map<string, string>();
  /** Users who take no direct messages from the bot. */
  readonly closedToDirect = new Set<string>();

  constructor(id: string, name: string, ownerId: string, botId: string) {
    this.id = id;
    this.name = name;
    this.ownerId = ownerId;
    this.botId = botId;
  }

  get guildChannels(): GuildChannel[] {
    return [...this.channels.values()].filter((channel) => channel.kind === 'guild');
  }

  get threads(): Thread[] {
    return [...this.channels.values()].filter((channel) => channel.kind === 'thread');
  }

  directChannel(userId: string): DirectChannel | undefined {
    return [...this.channels.values()]
      .filter((channel) => channel.kind === 'direct')
      .find((channel) => channel.userId === userId);
  }

  /** Permissions from roles alone; 0 for who is not a member. */
  permissionsOf(userId: string): bigint {
    const member = this.members.get(userId);
    if (member === undefined) return 0n;
    if (userId === this.ownerId) return ALL_PERMISSIONS;
    return basePermissions([this.id, ...member.roleIds].map((id) => this.roles.get(id)?.permissions ?? 0n));
  }

  /** Permissions in a channel; 0 for who cannot see it. A private thread is seen by its members and moderators. */
  permissionsIn(userId: string, channel: Channel): bigint {
    if (channel.kind === 'direct') {
      return userId === channel.userId || userId === this.botId ? DIRECT_PERMISSIONS : 0n;
    }
    if (channel.kind === 'thread') {
      const parent = this.channels.get(channel.parentId);
      const permissions = parent === undefined ? 0n : this.permissionsIn(userId, parent);
      const isVisible =
        channel.type !== 12 || channel.members.has(userId) || (permissions & Bits.ManageThreads) !== 0n;
      return isVisible ? permissions : 0n;
    }
    const roleIds = this.members.get(userId)?.roleIds ?? [];
    return withOverwrites(this.permissionsOf(userId), channel.overwrites, this.id, { userId, roleIds });
  }

  /** True when the user has all of these permissions in the channel. */
  may(userId: string, channel: Channel, permissions: bigint): boolean {
    return (this.permissionsIn(userId, channel) & permissions) === permissions;
  }

  canSee(userId: string, channel: Channel): boolean {
    return this.may(userId, channel, Bits.ViewChannel);
  }
}
