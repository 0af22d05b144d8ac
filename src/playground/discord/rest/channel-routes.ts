import {
  GuildChannelResponseSchema,
  PrivateChannelResponseSchema,
  ThreadResponseSchema,
  UpdateGuildChannelRequestPartialSchema,
  UpdateThreadRequestPartialSchema,
} from 'discord-api-spec/zod';
import { PermissionFlagsBits as Bits } from 'discord-api-types/v10';
import { union } from 'zod/mini';
import { announceChannel, announceThread, removeChannel } from '../announce.ts';
import { DiscordFault } from '../faults.ts';
import type { Parts } from '../parts.ts';
import type { ArchiveMinutes, GuildChannel, Thread } from '../world/channel.ts';
import { channelJson } from '../world/channel-json.ts';
import { visibleChannel } from './access.ts';
import { param, type Route } from './route.ts';

interface ThreadChange {
  readonly name?: string | null;
  readonly archived?: boolean | null;
  readonly locked?: boolean | null;
  readonly invitable?: boolean | null;
  readonly auto_archive_duration?: ArchiveMinutes | null;
  readonly rate_limit_per_user?: number | null;
}

interface ChannelChange {
  readonly name?: string;
  readonly topic?: string | null;
  readonly permission_overwrites?: readonly OverwriteChange[] | null;
}

interface OverwriteChange {
  readonly id: string;
  readonly type?: 0 | 1 | null;
  readonly allow?: string | number | null;
  readonly deny?: string | number | null;
}

/** Reading, changing and deleting a channel or thread. */
export function channelRoutes(parts: Parts): Route[] {
  const template = '/channels/{channel_id}';
  const reply = union([GuildChannelResponseSchema, ThreadResponseSchema, PrivateChannelResponseSchema]);
  return [
    {
      method: 'GET',
      template,
      auth: 'bot',
      reply,
      handle: (request) => {
        const channel = visibleChannel(parts, request.userId, param(request, 'channel_id'));
        return { status: 200, body: channelJson(channel, parts.guild) };
      },
    },
    {
      method: 'PATCH',
      template,
      auth: 'bot',
      body: (request) => {
        const isThread = parts.guild.channels.get(param(request, 'channel_id'))?.kind === 'thread';
        return isThread ? UpdateThreadRequestPartialSchema : UpdateGuildChannelRequestPartialSchema;
      },
      reply,
      handle: (request) => {
        const channel = visibleChannel(parts, request.userId, param(request, 'channel_id'));
        if (channel.kind === 'thread')
          changeThread(parts, channel, request.userId, request.body as ThreadChange);
        else if (channel.kind === 'guild') {
          visibleChannel(parts, request.userId, channel.id, Bits.ManageChannels);
          changeChannel(channel, request.body as ChannelChange);
          announceChannel(parts, channel);
        } else throw new DiscordFault('WRONG_CHANNEL_TYPE');
        return { status: 200, body: channelJson(channel, parts.guild) };
      },
    },
    {
      method: 'DELETE',
      template,
      auth: 'bot',
      reply,
      handle: (request) => {
        const channel = visibleChannel(parts, request.userId, param(request, 'channel_id'));
        if (channel.kind === 'direct') throw new DiscordFault('WRONG_CHANNEL_TYPE');
        const needed = channel.kind === 'thread' ? Bits.ManageThreads : Bits.ManageChannels;
        visibleChannel(parts, request.userId, channel.id, needed);
        const body = channelJson(channel, parts.guild);
        removeChannel(parts, channel);
        return { status: 200, body };
      },
    },
  ];
}

/**
 * An archived thread takes nothing but being opened again, and then everything else in the same request. Its owner may
 * rename and archive it, who manages threads may lock it too (page "Threads").
 */
function changeThread(parts: Parts, thread: Thread, userId: string, change: ThreadChange): void {
  const mayManage = parts.guild.may(userId, thread, Bits.ManageThreads);
  const staysArchived = thread.archived && change.archived !== false;
  if (staysArchived) throw new DiscordFault('THREAD_ARCHIVED');
  const opens = thread.archived && change.archived === false && !thread.locked;
  const isOwn = thread.ownerId === userId && typeof change.locked !== 'boolean';
  const onlyOpens = opens && Object.keys(change).length === 1;
  if (!mayManage && !isOwn && !onlyOpens) throw new DiscordFault('MISSING_PERMISSIONS');
  if (typeof change.archived === 'boolean' && change.archived !== thread.archived) {
    thread.archived = change.archived;
    thread.archivedAt = new Date(parts.clock.now()).toISOString();
  }
  thread.locked = change.locked ?? thread.locked;
  thread.name = change.name ?? thread.name;
  thread.invitable = change.invitable ?? thread.invitable;
  thread.archiveMinutes = change.auto_archive_duration ?? thread.archiveMinutes;
  thread.slowdownSeconds = change.rate_limit_per_user ?? thread.slowdownSeconds;
  announceThread(parts, thread);
}

function changeChannel(channel: GuildChannel, { name, topic, permission_overwrites }: ChannelChange): void {
  channel.name = name ?? channel.name;
  channel.topic = topic === undefined ? channel.topic : topic;
  if (!permission_overwrites) return;
  channel.overwrites = permission_overwrites.map(({ id, type, allow, deny }) => ({
    id,
    type: type ?? 0,
    allow: BigInt(allow ?? 0),
    deny: BigInt(deny ?? 0),
  }));
}
