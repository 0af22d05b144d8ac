import {
  MessageCreateRequestSchema,
  MessageEditRequestPartialSchema,
  MessageResponseSchema,
} from 'discord-api-spec/zod';
import { PermissionFlagsBits as Bits, MessageType } from 'discord-api-types/v10';
import { array } from 'zod/mini';
import { lintMessage } from '../../../shared/discord-rules.ts';
import { announceThread } from '../announce.ts';
import { refuseBreaches, refuseProblems } from '../checks/form-errors.ts';
import { DiscordFault } from '../faults.ts';
import type { Parts } from '../parts.ts';
import type { Channel } from '../world/channel.ts';
import type { MessageBody } from '../world/message-body.ts';
import type { StoredMessage } from '../world/messages.ts';
import { sendPermission } from '../world/permissions.ts';
import { channelMessage, isV2, messageForBot, refuseArchived, visibleChannel } from './access.ts';
import { NO_CONTENT, param, type RestReply, type RestRequest, type Route } from './route.ts';

/** Messages of channels, threads and direct messages, as the bot reads and writes them. */
export function messageRoutes(parts: Parts): Route[] {
  const template = '/channels/{channel_id}/messages';
  const one = `${template}/{message_id}`;
  const reply = MessageResponseSchema;
  const found = (request: RestRequest): [Channel, StoredMessage] => {
    const channel = visibleChannel(parts, request.userId, param(request, 'channel_id'));
    return [channel, channelMessage(parts, channel, param(request, 'message_id'))];
  };
  return [
    {
      method: 'GET',
      template,
      auth: 'bot',
      reply: array(MessageResponseSchema),
      handle: (request) => list(parts, request),
    },
    {
      method: 'POST',
      template,
      auth: 'bot',
      body: MessageCreateRequestSchema,
      reply,
      handle: (request) => create(parts, request),
    },
    {
      method: 'GET',
      template: one,
      auth: 'bot',
      reply,
      handle: (request) => {
        const [channel, message] = found(request);
        if (!parts.guild.may(request.userId, channel, Bits.ReadMessageHistory))
          throw new DiscordFault('MISSING_ACCESS');
        return { status: 200, body: messageForBot(parts, message) };
      },
    },
    {
      method: 'PATCH',
      template: one,
      auth: 'bot',
      body: MessageEditRequestPartialSchema,
      reply,
      handle: (request) => {
        const [channel, message] = found(request);
        if (message.json.author.id !== request.userId) throw new DiscordFault('NOT_YOUR_MESSAGE');
        refuseArchived(channel);
        editMessage(parts, message, request, true);
        return { status: 200, body: message.json };
      },
    },
    {
      method: 'DELETE',
      template: one,
      auth: 'bot',
      handle: (request) => {
        const [channel, message] = found(request);
        const isOwn = message.json.author.id === request.userId;
        if (!isOwn) visibleChannel(parts, request.userId, channel.id, Bits.ManageMessages);
        refuseArchived(channel);
        parts.messages.remove(message);
        return NO_CONTENT;
      },
    },
  ];
}

/** @throws DiscordFault INVALID_FORM (50035) or EMPTY_MESSAGE (50006), the message unchanged */
export function editMessage(
  { messages }: Parts,
  message: StoredMessage,
  { body, files }: Pick<RestRequest, 'body' | 'files'>,
  inChannel: boolean,
): void {
  const change = body as MessageBody;
  const names = messages.fileNames(message, change, files);
  refuseBreaches(lintMessage(change, { edit: true, isV2: isV2(message), inChannel, files: names }));
  if (isEmptied(message, change, names)) throw new DiscordFault('EMPTY_MESSAGE');
  messages.edit(message, change, files);
}

function isEmptied({ json }: StoredMessage, change: MessageBody, files: readonly string[]): boolean {
  const content = change.content === undefined ? json.content : change.content;
  const embeds = change.embeds === undefined ? json.embeds : change.embeds;
  const components = change.components === undefined ? json.components : change.components;
  return !content && !embeds?.length && !components?.length && files.length === 0;
}

function list(parts: Parts, { userId, params, query }: RestRequest): RestReply {
  const channel = visibleChannel(parts, userId, params['channel_id'] ?? '');
  if (!parts.guild.may(userId, channel, Bits.ReadMessageHistory)) return { status: 200, body: [] };
  const limit = Number(query.get('limit') ?? 50);
  const before = BigInt(query.get('before') ?? '18446744073709551615');
  const after = BigInt(query.get('after') ?? '0');
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) {
    const message = 'int value should be between 1 and 100.';
    refuseProblems([{ path: ['limit'], code: 'NUMBER_TYPE_RANGE', message }]);
  }
  const inRange = parts.messages
    .inChannel(channel.id)
    .filter(({ id, audience }) => audience === undefined && BigInt(id) < before && BigInt(id) > after);
  const page = query.has('after') ? inRange.slice(0, limit) : inRange.slice(-limit);
  return { status: 200, body: page.toReversed().map((message) => messageForBot(parts, message)) };
}

function create(parts: Parts, { userId, params, body, files }: RestRequest): RestReply {
  const { guild, messages } = parts;
  const channel = visibleChannel(parts, userId, params['channel_id'] ?? '');
  if (channel.kind === 'direct' && guild.closedToDirect.has(channel.userId)) {
    throw new DiscordFault('DIRECT_MESSAGES_CLOSED');
  }
  visibleChannel(
    parts,
    userId,
    channel.id,
    sendPermission(channel) | (files.length > 0 ? Bits.AttachFiles : 0n),
  );
  const draft = body as MessageBody;
  refuseBreaches(lintMessage(draft, { inChannel: true, files: messages.fileNames(undefined, draft, files) }));
  const sentBefore = messages.sentBefore(channel.id, userId, draft);
  if (sentBefore !== undefined) return { status: 200, body: sentBefore.json };
  wake(parts, channel, userId);
  const author = guild.users.get(userId);
  if (author === undefined) throw new DiscordFault('UNKNOWN_USER');
  const { id } = messages.create({
    channel,
    author,
    body: draft,
    files,
    ...reference(parts, channel, draft),
  });
  return { status: 200, body: messages.find(id)?.json };
}

/** A message in an archived thread opens it again; a locked one only for who may manage threads. */
function wake(parts: Parts, channel: Channel, userId: string): void {
  if (channel.kind !== 'thread' || !channel.archived) return;
  if (channel.locked && !parts.guild.may(userId, channel, Bits.ManageThreads)) refuseArchived(channel);
  channel.archived = false;
  channel.archivedAt = new Date(parts.clock.now()).toISOString();
  announceThread(parts, channel);
}

function reference(parts: Parts, channel: Channel, { message_reference }: MessageBody) {
  if (!message_reference) return { type: MessageType.Default };
  const { message_id } = message_reference;
  const isKnown = parts.messages.find(message_id)?.channelId === channel.id;
  if (!isKnown) {
    const path = ['message_reference', 'message_id'];
    refuseProblems([{ path, code: 'MESSAGE_REFERENCE_UNKNOWN_MESSAGE', message: 'Unknown message' }]);
  }
  const more = {
    message_reference: { type: 0, channel_id: channel.id, message_id, guild_id: parts.guild.id },
  };
  return { type: MessageType.Reply, more };
}
