import type { Channel, GuildChannel, Thread } from './channel.ts';
import type { Guild } from './guild.ts';

/** Any channel as the API shows it. */
export function channelJson(channel: Channel, guild: Guild): object {
  if (channel.kind === 'thread') return threadJson(channel, guild);
  if (channel.kind === 'guild') return guildChannelJson(channel, guild);
  return {
    id: channel.id,
    type: 1,
    flags: 0,
    last_message_id: channel.lastMessageId,
    recipients: [guild.users.get(channel.userId)],
  };
}

function guildChannelJson(channel: GuildChannel, guild: Guild): object {
  return {
    id: channel.id,
    type: channel.type,
    guild_id: guild.id,
    name: channel.name,
    topic: channel.topic,
    position: channel.position,
    parent_id: null,
    nsfw: false,
    flags: 0,
    rate_limit_per_user: 0,
    last_message_id: channel.lastMessageId,
    permission_overwrites: channel.overwrites.map(({ id, type, allow, deny }) => ({
      id,
      type,
      allow: allow.toString(),
      deny: deny.toString(),
    })),
  };
}

export function threadJson(thread: Thread, guild: Guild): object {
  return {
    id: thread.id,
    type: thread.type,
    guild_id: guild.id,
    parent_id: thread.parentId,
    owner_id: thread.ownerId,
    name: thread.name,
    flags: 0,
    last_message_id: thread.lastMessageId,
    rate_limit_per_user: thread.slowdownSeconds,
    message_count: thread.messageCount,
    total_message_sent: thread.messageCount,
    member_count: Math.min(thread.members.size, 50),
    thread_metadata: {
      archived: thread.archived,
      archive_timestamp: thread.archivedAt,
      auto_archive_duration: thread.archiveMinutes,
      locked: thread.locked,
      create_timestamp: thread.createdAt,
      ...(thread.type === 12 ? { invitable: thread.invitable } : {}),
    },
  };
}

/** `joinedAt` is in ISO form. */
export function threadMemberJson(thread: Thread, userId: string, joinedAt: string): object {
  return { id: thread.id, user_id: userId, join_timestamp: joinedAt, flags: 0 };
}
