import {
  CreatePrivateChannelRequestSchema,
  GatewayBotResponseSchema,
  GatewayResponseSchema,
  GuildChannelResponseSchema,
  GuildMemberResponseSchema,
  GuildRoleResponseSchema,
  GuildWithCountsResponseSchema,
  PrivateApplicationResponseSchema,
  PrivateChannelResponseSchema,
  UserPIIResponseSchema,
  UserResponseSchema,
} from 'discord-api-spec/zod';
import { array } from 'zod/mini';
import { DiscordFault } from '../faults.ts';
import type { Parts } from '../parts.ts';
import type { DirectChannel } from '../world/channel.ts';
import { channelJson } from '../world/channel-json.ts';
import { guildJson, memberJson, roleJson } from '../world/guild-json.ts';
import { param, type RestRequest, type Route } from './route.ts';

/** Who the bot is, where it is, and who else is there. */
export function identityRoutes(parts: Parts): Route[] {
  const { guild, snowflakes, applicationId, origin } = parts;
  const gatewayUrl = () => `${origin().replace('http', 'ws')}/gateway`;
  const inGuild = (request: RestRequest): void => {
    if (param(request, 'guild_id') !== guild.id) throw new DiscordFault('UNKNOWN_GUILD');
  };
  return [
    {
      method: 'GET',
      template: '/gateway',
      auth: 'none',
      reply: GatewayResponseSchema,
      handle: () => ({ status: 200, body: { url: gatewayUrl() } }),
    },
    {
      method: 'GET',
      template: '/gateway/bot',
      auth: 'bot',
      reply: GatewayBotResponseSchema,
      handle: () => {
        const limit = { total: 1000, remaining: 1000, reset_after: 0, max_concurrency: 1 };
        return { status: 200, body: { url: gatewayUrl(), shards: 1, session_start_limit: limit } };
      },
    },
    {
      method: 'GET',
      template: '/users/@me',
      auth: 'bot',
      reply: UserPIIResponseSchema,
      handle: ({ userId }) => {
        const own = { mfa_enabled: true, locale: 'en-US', verified: true, email: null };
        return { status: 200, body: { ...guild.users.get(userId), ...own } };
      },
    },
    {
      method: 'GET',
      template: '/users/{user_id}',
      auth: 'bot',
      reply: UserResponseSchema,
      handle: (request) => {
        const user = guild.users.get(param(request, 'user_id'));
        if (user === undefined) throw new DiscordFault('UNKNOWN_USER');
        return { status: 200, body: user };
      },
    },
    {
      method: 'POST',
      template: '/users/@me/channels',
      auth: 'bot',
      body: CreatePrivateChannelRequestSchema,
      reply: PrivateChannelResponseSchema,
      handle: ({ body }) => {
        const { recipient_id } = body as { recipient_id?: string | null };
        if (!recipient_id || !guild.users.has(recipient_id)) throw new DiscordFault('UNKNOWN_USER');
        const known = guild.directChannel(recipient_id);
        const direct: DirectChannel = known ?? {
          kind: 'direct',
          id: snowflakes.next(),
          userId: recipient_id,
          lastMessageId: null,
        };
        guild.channels.set(direct.id, direct);
        return { status: 200, body: channelJson(direct, guild) };
      },
    },
    {
      method: 'GET',
      template: '/applications/@me',
      auth: 'bot',
      reply: PrivateApplicationResponseSchema,
      handle: () => ({ status: 200, body: applicationJson(parts, applicationId) }),
    },
    {
      method: 'GET',
      template: '/guilds/{guild_id}',
      auth: 'bot',
      reply: GuildWithCountsResponseSchema,
      handle: (request) => {
        inGuild(request);
        return { status: 200, body: guildJson(guild, request.query.get('with_counts') === 'true') };
      },
    },
    {
      method: 'GET',
      template: '/guilds/{guild_id}/channels',
      auth: 'bot',
      reply: array(GuildChannelResponseSchema),
      handle: (request) => {
        inGuild(request);
        return { status: 200, body: guild.guildChannels.map((channel) => channelJson(channel, guild)) };
      },
    },
    {
      method: 'GET',
      template: '/guilds/{guild_id}/roles',
      auth: 'bot',
      reply: array(GuildRoleResponseSchema),
      handle: (request) => {
        inGuild(request);
        return { status: 200, body: [...guild.roles.values()].map(roleJson) };
      },
    },
    {
      method: 'GET',
      template: '/guilds/{guild_id}/members/{user_id}',
      auth: 'bot',
      reply: GuildMemberResponseSchema,
      handle: (request) => {
        inGuild(request);
        const user = guild.users.get(param(request, 'user_id'));
        if (user === undefined) throw new DiscordFault('UNKNOWN_USER');
        const member = guild.members.get(user.id);
        if (member === undefined) throw new DiscordFault('UNKNOWN_MEMBER');
        return { status: 200, body: memberJson(member, user) };
      },
    },
  ];
}

function applicationJson({ guild }: Parts, applicationId: string): object {
  return {
    id: applicationId,
    name: guild.users.get(guild.botId)?.username,
    icon: null,
    description: '',
    type: null,
    flags: 0,
    flags_new: '0',
    bot: guild.users.get(guild.botId),
    bot_public: false,
    bot_require_code_grant: false,
    verify_key: '0'.repeat(64),
    redirect_uris: [],
    interactions_endpoint_url: null,
    role_connections_verification_url: null,
    owner: guild.users.get(guild.ownerId),
    approximate_guild_count: 1,
    approximate_user_install_count: 0,
    approximate_user_authorization_count: 0,
    explicit_content_filter: 0,
    team: null,
    eligible_oauth2_scopes: [],
  };
}
