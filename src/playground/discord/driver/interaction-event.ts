import { GatewayDispatchEvents, type InteractionType } from 'discord-api-types/v10';
import type { Parts } from '../parts.ts';
import { channelJson } from '../world/channel-json.ts';
import { guildJson, memberJson } from '../world/guild-json.ts';
import type { FirstAnswer, Interaction } from '../world/interactions.ts';

/** What somebody does, ready to be sent. */
export interface Act {
  readonly type: InteractionType;
  readonly userId: string;
  readonly channelId: string;
  /** In words: `/assess`, `button v1:plan:3`. */
  readonly about: string;
  /** `data` of the interaction. */
  readonly data: object;
  /** The message whose component was used, or whose component opened the modal. */
  readonly sourceId?: string | undefined;
  /** More of `interaction_metadata`, by its type. */
  readonly metadata?: object;
}

const UPLOAD_LIMIT = 10 * 1024 * 1024;

/** Opens the interaction and sends INTERACTION_CREATE to every client of the bot. */
export function sendInteraction(
  parts: Parts,
  act: Act,
): { interaction: Interaction; answer: Promise<FirstAnswer> } {
  const { guild, gateway, interactions } = parts;
  const { type, userId, channelId, about, sourceId } = act;
  const owners = { '0': guild.id };
  const user = guild.users.get(userId);
  const opened = interactions.open({ type, userId, channelId, about, sourceId }, (id) => ({
    id,
    type: type === 4 ? 2 : type,
    user,
    authorizing_integration_owners: owners,
    ...act.metadata,
  }));
  const source = sourceId === undefined ? undefined : parts.messages.find(sourceId)?.json;
  gateway.dispatch(
    GatewayDispatchEvents.InteractionCreate,
    {
      id: opened.interaction.id,
      application_id: parts.applicationId,
      type,
      token: opened.interaction.token,
      version: 1,
      data: act.data,
      channel_id: channelId,
      ...placeJson(parts, userId, channelId),
      locale: guild.locales.get(userId) ?? 'en-US',
      entitlements: [],
      authorizing_integration_owners: owners,
      attachment_size_limit: UPLOAD_LIMIT,
      ...(source === undefined ? {} : { message: source }),
    },
    0,
  );
  return opened;
}

/** Where and who: a member in the server, a user in direct messages. */
function placeJson({ guild }: Parts, userId: string, channelId: string): object {
  const channel = guild.channels.get(channelId);
  const user = guild.users.get(userId);
  const member = guild.members.get(userId);
  if (channel === undefined || user === undefined)
    throw new Error(`There is no user ${userId} in channel ${channelId}.`);
  const permissions = guild.permissionsIn(userId, channel).toString();
  const app_permissions = guild.permissionsIn(guild.botId, channel).toString();
  const place = {
    channel: { ...channelJson(channel, guild), permissions, app_permissions },
    app_permissions,
  };
  if (channel.kind === 'direct' || member === undefined) return { ...place, user, context: 1 };
  const { features, preferred_locale } = guildJson(guild) as { features: string[]; preferred_locale: string };
  return {
    ...place,
    guild_id: guild.id,
    guild: { id: guild.id, locale: preferred_locale, features },
    guild_locale: preferred_locale,
    member: { ...memberJson(member, user), permissions },
    context: 0,
  };
}
