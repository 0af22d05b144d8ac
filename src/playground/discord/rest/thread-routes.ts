import {
  CreatedThreadResponseSchema,
  CreateTextThreadWithMessageRequestSchema,
  CreateTextThreadWithoutMessageRequestSchema,
  ThreadMemberResponseSchema,
  ThreadResponseSchema,
} from 'discord-api-spec/zod';
import { PermissionFlagsBits as Bits } from 'discord-api-types/v10';
import { array, object } from 'zod/mini';
import { announceThread } from '../announce.ts';
import { DiscordFault } from '../faults.ts';
import type { Parts } from '../parts.ts';
import type { ArchiveMinutes, Thread } from '../world/channel.ts';
import { threadJson, threadMemberJson } from '../world/channel-json.ts';
import { channelMessage, refuseArchived, visibleChannel, visibleThread } from './access.ts';
import { NO_CONTENT, param, type RestReply, type RestRequest, type Route } from './route.ts';

/** Threads of one server that may be open at the same time. */
const MAX_ACTIVE = 1000;

interface ThreadBody {
  readonly name: string;
  readonly type?: Thread['type'] | null;
  readonly invitable?: boolean | null;
  readonly auto_archive_duration?: ArchiveMinutes | null;
  readonly rate_limit_per_user?: number | null;
}

/** Making threads and letting people into them. */
export function threadRoutes(parts: Parts): Route[] {
  const member = '/channels/{channel_id}/thread-members/{user_id}';
  return [
    {
      method: 'POST',
      template: '/channels/{channel_id}/threads',
      auth: 'bot',
      body: CreateTextThreadWithoutMessageRequestSchema,
      reply: CreatedThreadResponseSchema,
      handle: (request) => createThread(parts, request, undefined),
    },
    {
      method: 'POST',
      template: '/channels/{channel_id}/messages/{message_id}/threads',
      auth: 'bot',
      body: CreateTextThreadWithMessageRequestSchema,
      reply: CreatedThreadResponseSchema,
      handle: (request) => createThread(parts, request, param(request, 'message_id')),
    },
    { method: 'PUT', template: member, auth: 'bot', handle: (request) => addMember(parts, request) },
    { method: 'DELETE', template: member, auth: 'bot', handle: (request) => removeMember(parts, request) },
    {
      method: 'GET',
      template: member,
      auth: 'bot',
      reply: ThreadMemberResponseSchema,
      handle: (request) => {
        const thread = visibleThread(parts, request.userId, param(request, 'channel_id'));
        const userId = userOf(request);
        const joined = thread.members.get(userId);
        if (joined === undefined) throw new DiscordFault('UNKNOWN_MEMBER');
        return { status: 200, body: threadMemberJson(thread, userId, joined) };
      },
    },
    {
      method: 'GET',
      template: '/guilds/{guild_id}/threads/active',
      auth: 'bot',
      reply: object({ threads: array(ThreadResponseSchema), members: array(ThreadMemberResponseSchema) }),
      handle: (request) => activeThreads(parts, request),
    },
  ];
}

function createThread(
  parts: Parts,
  { userId, params, body }: RestRequest,
  messageId: string | undefined,
): RestReply {
  const { guild, clock, snowflakes } = parts;
  const { name, type: wanted, invitable, auto_archive_duration, rate_limit_per_user } = body as ThreadBody;
  const parent = visibleChannel(parts, userId, params['channel_id'] ?? '');
  if (parent.kind !== 'guild') throw new DiscordFault('WRONG_CHANNEL_TYPE');
  const ofParent = parent.type === 5 ? 10 : 11;
  const type = messageId === undefined ? (wanted ?? 12) : ofParent;
  if (type !== 12 && type !== ofParent) throw new DiscordFault('WRONG_CHANNEL_TYPE');
  if (type === 12 && parent.type !== 0) throw new DiscordFault('WRONG_CHANNEL_TYPE');
  visibleChannel(
    parts,
    userId,
    parent.id,
    type === 12 ? Bits.CreatePrivateThreads : Bits.CreatePublicThreads,
  );
  const id = messageId === undefined ? snowflakes.next() : channelMessage(parts, parent, messageId).id;
  if (guild.channels.has(id)) throw new DiscordFault('THREAD_EXISTS');
  if (guild.threads.filter(({ archived }) => !archived).length >= MAX_ACTIVE)
    throw new DiscordFault('TOO_MANY_THREADS');
  const now = new Date(clock.now()).toISOString();
  const thread: Thread = {
    kind: 'thread',
    id,
    type,
    parentId: parent.id,
    ownerId: userId,
    createdAt: now,
    members: new Map([[userId, now]]),
    name,
    archived: false,
    archivedAt: now,
    locked: false,
    invitable: invitable ?? true,
    archiveMinutes: auto_archive_duration ?? 4320,
    slowdownSeconds: rate_limit_per_user ?? 0,
    messageCount: 0,
    lastMessageId: null,
  };
  guild.channels.set(id, thread);
  announceThread(parts, thread, true);
  return {
    status: 201,
    body: { ...threadJson(thread, guild), member: threadMemberJson(thread, userId, now) },
  };
}

function userOf(request: RestRequest): string {
  const id = param(request, 'user_id');
  return id === '@me' ? request.userId : id;
}

/** Somebody who cannot see the channel above cannot be let into its thread. */
function addMember(parts: Parts, request: RestRequest): RestReply {
  const thread = visibleThread(parts, request.userId, param(request, 'channel_id'));
  const userId = userOf(request);
  visibleChannel(parts, request.userId, thread.id, Bits.SendMessagesInThreads);
  refuseArchived(thread);
  if (!parts.guild.users.has(userId)) throw new DiscordFault('UNKNOWN_USER');
  if (!parts.guild.members.has(userId)) throw new DiscordFault('UNKNOWN_MEMBER');
  const parent = parts.guild.channels.get(thread.parentId);
  if (parent === undefined || !parts.guild.canSee(userId, parent)) throw new DiscordFault('MISSING_ACCESS');
  if (!thread.members.has(userId)) thread.members.set(userId, new Date(parts.clock.now()).toISOString());
  announceThread(parts, thread);
  return NO_CONTENT;
}

function removeMember(parts: Parts, request: RestRequest): RestReply {
  const thread = visibleThread(parts, request.userId, param(request, 'channel_id'));
  const userId = userOf(request);
  const isOwn = userId === request.userId || (thread.type === 12 && thread.ownerId === request.userId);
  if (!isOwn) visibleChannel(parts, request.userId, thread.id, Bits.ManageThreads);
  refuseArchived(thread);
  if (!thread.members.delete(userId)) throw new DiscordFault('UNKNOWN_MEMBER');
  announceThread(parts, thread);
  return NO_CONTENT;
}

function activeThreads(parts: Parts, request: RestRequest): RestReply {
  const { guild } = parts;
  if (param(request, 'guild_id') !== guild.id) throw new DiscordFault('UNKNOWN_GUILD');
  const open = guild.threads.filter((thread) => !thread.archived && guild.canSee(request.userId, thread));
  const members = open.flatMap((thread) => {
    const joined = thread.members.get(request.userId);
    return joined === undefined ? [] : [threadMemberJson(thread, request.userId, joined)];
  });
  return { status: 200, body: { threads: open.map((thread) => threadJson(thread, guild)), members } };
}
