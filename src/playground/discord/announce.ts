import { GatewayDispatchEvents } from 'discord-api-types/v10';
import type { Parts } from './parts.ts';
import type { Channel, Thread } from './world/channel.ts';
import { channelJson, threadJson, threadMemberJson } from './world/channel-json.ts';

/** Tells the bot and the page that a thread changed. The bot hears of threads that it can see. */
export function announceThread(parts: Parts, thread: Thread, isNew = false): void {
  const { guild, gateway, changes } = parts;
  if (guild.canSee(guild.botId, thread)) {
    const joined = thread.members.get(guild.botId);
    const member = joined === undefined ? {} : { member: threadMemberJson(thread, guild.botId, joined) };
    const data = threadJson(thread, guild);
    if (isNew)
      gateway.dispatch(GatewayDispatchEvents.ThreadCreate, { ...data, ...member, newly_created: true });
    else gateway.dispatch(GatewayDispatchEvents.ThreadUpdate, { ...data, ...member });
  }
  changes.tell({ kind: 'channel', channelId: thread.id });
}

/** Tells that a channel other than a thread is new or changed. */
export function announceChannel({ guild, gateway, changes }: Parts, channel: Channel, isNew = false): void {
  const event = isNew ? GatewayDispatchEvents.ChannelCreate : GatewayDispatchEvents.ChannelUpdate;
  gateway.dispatch(event, channelJson(channel, guild));
  changes.tell({ kind: 'channel', channelId: channel.id });
}

/** Takes a channel or thread away, with its messages. */
export function removeChannel({ guild, gateway, changes, messages }: Parts, channel: Channel): void {
  for (const message of messages.inChannel(channel.id)) messages.remove(message);
  guild.channels.delete(channel.id);
  if (channel.kind === 'thread') {
    const { id, parentId, type } = channel;
    const data = { id, guild_id: guild.id, parent_id: parentId, type };
    gateway.dispatch(GatewayDispatchEvents.ThreadDelete, data);
  } else {
    gateway.dispatch(GatewayDispatchEvents.ChannelDelete, channelJson(channel, guild));
  }
  changes.tell({ kind: 'channel', channelId: channel.id });
}
