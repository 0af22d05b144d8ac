import {
  type APIApplicationCommand,
  type APIMessage,
  type APIModalInteractionResponseCallbackData,
  InteractionType,
} from 'discord-api-types/v10';
import type { Parts } from '../parts.ts';
import type { Channel } from '../world/channel.ts';
import type { Interaction } from '../world/interactions.ts';
import { sendPermission } from '../world/permissions.ts';
import { offeredCommands, visibleChannels, visibleMessages } from './sight.ts';

/** How long a screen tells that an interaction failed. */
const FAILURE_SHOWN_MS = 60_000;

/** Everything that one user's screen shows; plain JSON. */
export interface Snapshot {
  readonly user: PersonView;
  readonly guild: { readonly id: string; readonly name: string };
  readonly members: readonly PersonView[];
  readonly roles: readonly { readonly id: string; readonly name: string }[];
  readonly channels: readonly ChannelView[];
  /** All commands that the user is offered somewhere; each channel names those that are offered there. */
  readonly commands: readonly APIApplicationCommand[];
  /** By channel id, oldest first. Flags tell which are ephemeral (64) and which are still being thought about (128). */
  readonly messages: Readonly<Record<string, readonly APIMessage[]>>;
  /** By message id: the command that a message answers, as it was typed. */
  readonly used: Readonly<Record<string, string>>;
  readonly modal: APIModalInteractionResponseCallbackData | null;
  /** What the user did that the bot has not acknowledged, or not in time. */
  readonly interactions: readonly InteractionView[];
}

export interface PersonView {
  readonly id: string;
  readonly username: string;
  readonly displayName: string;
  readonly isBot: boolean;
}

export interface ChannelView {
  readonly id: string;
  readonly kind: Channel['kind'];
  readonly name: string;
  readonly topic: string | null;
  /** The channel of a thread. */
  readonly parentId: string | null;
  readonly isPrivate: boolean;
  readonly isArchived: boolean;
  readonly isLocked: boolean;
  readonly canSend: boolean;
  /** Ids of the commands that the user is offered here. */
  readonly commandIds: readonly string[];
}

export interface InteractionView {
  readonly id: string;
  readonly about: string;
  readonly channelId: string;
  readonly sourceId: string | null;
  readonly state: 'waiting' | 'expired';
}

/** @throws when there is no such user */
export function snapshotFor(parts: Parts, userId: string): Snapshot {
  const { guild, modals, interactions } = parts;
  const channels = visibleChannels(parts, userId);
  const views = channels.map((channel) => channelView(parts, channel, userId));
  const messages = Object.fromEntries(channels.map(({ id }) => [id, visibleMessages(parts, userId, id)]));
  const offered = new Set(views.flatMap(({ commandIds }) => commandIds));
  return {
    user: personView(parts, userId),
    guild: { id: guild.id, name: guild.name },
    members: [...guild.members.keys()].map((id) => personView(parts, id)),
    roles: [...guild.roles.values()].map(({ id, name }) => ({ id, name })),
    channels: views,
    commands: parts.commands.offered().filter(({ id }) => offered.has(id)),
    messages,
    used: usedCommands(parts, Object.values(messages).flat()),
    modal: modals.of(userId)?.data ?? null,
    interactions: interactions.all.flatMap((interaction) => interactionView(parts, interaction, userId)),
  };
}

function usedCommands({ interactions }: Parts, messages: readonly APIMessage[]): Record<string, string> {
  return Object.fromEntries(
    messages.flatMap(({ id, interaction_metadata: metadata }) => {
      const used = metadata === undefined ? undefined : interactions.find(metadata.id);
      return used?.type === InteractionType.ApplicationCommand ? [[id, used.about]] : [];
    }),
  );
}

function personView({ guild }: Parts, id: string): PersonView {
  const user = guild.users.get(id);
  if (user === undefined) throw new Error(`There is no user ${id}.`);
  return {
    id,
    username: user.username,
    displayName: user.global_name ?? user.username,
    isBot: user.bot === true,
  };
}

function channelView(parts: Parts, channel: Channel, userId: string): ChannelView {
  const { guild } = parts;
  const isThread = channel.kind === 'thread';
  const bot = guild.users.get(guild.botId);
  return {
    id: channel.id,
    kind: channel.kind,
    name: channel.kind === 'direct' ? (bot?.username ?? '') : channel.name,
    topic: channel.kind === 'guild' ? channel.topic : null,
    parentId: isThread ? channel.parentId : null,
    isPrivate: channel.kind === 'direct' || (isThread && channel.type === 12),
    isArchived: isThread && channel.archived,
    isLocked: isThread && channel.locked,
    canSend: guild.may(userId, channel, sendPermission(channel)),
    commandIds: offeredCommands(parts, userId, channel).map(({ id }) => id),
  };
}

function interactionView({ clock }: Parts, interaction: Interaction, userId: string): InteractionView[] {
  const { id, about, channelId, sourceId, state } = interaction;
  const isOld = clock.now() - interaction.createdAt > FAILURE_SHOWN_MS;
  if (interaction.userId !== userId || state === 'acknowledged' || isOld) return [];
  return [{ id, about, channelId, sourceId: sourceId ?? null, state }];
}
