import { type APIMessage, MessageFlags } from 'discord-api-types/v10';
import { DiscordFault } from '../faults.ts';
import type { Parts } from '../parts.ts';
import type { Channel, Thread } from '../world/channel.ts';
import type { StoredMessage } from '../world/messages.ts';

/**
 * A channel that the account can see and in which it has `permissions`.
 * @throws DiscordFault UNKNOWN_CHANNEL (10003), MISSING_ACCESS (50001) or MISSING_PERMISSIONS (50013)
 */
export function visibleChannel({ guild }: Parts, userId: string, id: string, permissions = 0n): Channel {
  const channel = guild.channels.get(id);
  if (channel === undefined) throw new DiscordFault('UNKNOWN_CHANNEL');
  if (!guild.canSee(userId, channel)) throw new DiscordFault('MISSING_ACCESS');
  if (!guild.may(userId, channel, permissions)) throw new DiscordFault('MISSING_PERMISSIONS');
  return channel;
}

/** @throws DiscordFault as visibleChannel, or WRONG_CHANNEL_TYPE (50024) when it is no thread */
export function visibleThread(parts: Parts, userId: string, id: string): Thread {
  const channel = visibleChannel(parts, userId, id);
  if (channel.kind !== 'thread') throw new DiscordFault('WRONG_CHANNEL_TYPE');
  return channel;
}

/**
 * A message of a channel that a channel's routes can reach: ephemeral ones they cannot.
 * @throws DiscordFault UNKNOWN_MESSAGE (10008)
 */
export function channelMessage({ messages }: Parts, channel: Channel, id: string): StoredMessage {
  const message = messages.find(id);
  if (message === undefined || message.channelId !== channel.id || message.audience !== undefined) {
    throw new DiscordFault('UNKNOWN_MESSAGE');
  }
  return message;
}

/** @throws DiscordFault THREAD_ARCHIVED (50083) */
export function refuseArchived(channel: Channel | undefined): void {
  if (channel?.kind === 'thread' && channel.archived) throw new DiscordFault('THREAD_ARCHIVED');
}

export function isV2({ json }: StoredMessage): boolean {
  return ((json.flags ?? 0) & MessageFlags.IsComponentsV2) !== 0;
}

/**
 * A message as the API gives it to a bot without the MessageContent intent: what other people wrote is empty, unless
 * it mentions the bot or is a direct message (page "Gateway", message content intent).
 */
export function messageForBot({ guild }: Parts, { json, channelId }: StoredMessage): APIMessage {
  const isOwn = json.author.id === guild.botId;
  const isToBot = json.mentions.some(({ id }) => id === guild.botId);
  if (isOwn || isToBot || guild.channels.get(channelId)?.kind === 'direct') return json;
  return { ...json, content: '', embeds: [], attachments: [], components: [] };
}
