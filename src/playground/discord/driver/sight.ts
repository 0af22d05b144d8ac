import {
  type APIApplicationCommand,
  type APIMessage,
  PermissionFlagsBits as Bits,
} from 'discord-api-types/v10';
import type { Parts } from '../parts.ts';
import type { Change } from '../world/changes.ts';
import type { Channel } from '../world/channel.ts';
import type { StoredMessage } from '../world/messages.ts';

/** Channels and threads that a user can see, channels in their order, then threads by age, then direct messages. */
export function visibleChannels({ guild }: Parts, userId: string): Channel[] {
  const order = { guild: 0, thread: 1, direct: 2 } as const;
  return [...guild.channels.values()]
    .filter((channel) => guild.canSee(userId, channel))
    .toSorted((one, other) => order[one.kind] - order[other.kind]);
}

/** Messages of a channel that a user can see, oldest first: nobody sees the ephemeral ones of others. */
export function visibleMessages({ guild, messages }: Parts, userId: string, channelId: string): APIMessage[] {
  const channel = guild.channels.get(channelId);
  if (channel === undefined || !guild.may(userId, channel, Bits.ReadMessageHistory)) return [];
  return messages
    .inChannel(channelId)
    .filter(({ audience }) => audience === undefined || audience === userId)
    .map(({ json }) => json);
}

/** @throws when the user cannot see such a message */
export function visibleMessage(parts: Parts, userId: string, messageId: string): StoredMessage {
  const message = parts.messages.find(messageId);
  const isSeen =
    message !== undefined &&
    visibleMessages(parts, userId, message.channelId).some(({ id }) => id === messageId);
  if (!isSeen) throw new Error(`This user sees no message ${messageId}.`);
  return message;
}

/**
 * Commands that a user is offered in a channel: permission settings and contexts are what the client goes by, so a bot
 * must check again.
 */
export function offeredCommands(
  { guild, commands }: Parts,
  userId: string,
  channel: Channel,
): APIApplicationCommand[] {
  const isDirect = channel.kind === 'direct';
  const permissions = guild.permissionsIn(userId, channel);
  if (!isDirect && (permissions & Bits.UseApplicationCommands) === 0n) return [];
  return commands.offered().filter((command) => {
    const contexts: readonly number[] = command.contexts ?? (command.guild_id === undefined ? [0, 1] : [0]);
    if (!contexts.includes(isDirect ? 1 : 0)) return false;
    if (isDirect || command.default_member_permissions === null) return true;
    const needed = BigInt(command.default_member_permissions);
    return needed === 0n ? (permissions & Bits.Administrator) !== 0n : (permissions & needed) === needed;
  });
}

/** True when a change can make a difference to what the user sees. */
export function concerns({ guild }: Parts, userId: string, change: Change): boolean {
  switch (change.kind) {
    case 'message': {
      const channel = guild.channels.get(change.channelId);
      const isForAll = change.audience === undefined || change.audience === userId;
      return isForAll && (channel === undefined || guild.canSee(userId, channel));
    }
    case 'modal':
    case 'interaction':
      return change.userId === userId;
    default:
      return true;
  }
}
