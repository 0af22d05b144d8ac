import type { APIGuildMember, APIRole, APIUser, GuildMemberFlags, RoleFlags } from 'discord-api-types/v10';
import { channelJson, threadJson, threadMemberJson } from './channel-json.ts';
import type { Guild, Member, Role } from './guild.ts';

export function roleJson(role: Role): APIRole {
  return {
    id: role.id,
    name: role.name,
    permissions: role.permissions.toString(),
    position: role.position,
    color: 0,
    colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
    hoist: false,
    managed: role.botId !== undefined,
    mentionable: false,
    icon: null,
    unicode_emoji: null,
    flags: 0 as RoleFlags,
    ...(role.botId === undefined ? {} : { tags: { bot_id: role.botId } }),
  };
}

export function memberJson(member: Member, user: APIUser): APIGuildMember {
  return {
    user,
    nick: null,
    avatar: null,
    banner: null,
    communication_disabled_until: null,
    flags: 0 as GuildMemberFlags,
    joined_at: member.joinedAt,
    pending: false,
    premium_since: null,
    roles: [...member.roleIds],
    mute: false,
    deaf: false,
  };
}

/** The server as `GET /guilds/{id}` shows it. */
export function guildJson(guild: Guild, withCounts = false): object {
  return {
    id: guild.id,
    name: guild.name,
    icon: null,
    description: null,
    home_header: null,
    splash: null,
    discovery_splash: null,
    features: ['COMMUNITY', 'NEWS'],
    banner: null,
    owner_id: guild.ownerId,
    application_id: null,
    region: 'us-west',
    afk_channel_id: null,
    afk_timeout: 300,
    system_channel_id: null,
    system_channel_flags: 0,
    widget_enabled: false,
    widget_channel_id: null,
    verification_level: 0,
    roles: [...guild.roles.values()].map(roleJson),
    default_message_notifications: 1,
    mfa_level: 0,
    explicit_content_filter: 0,
    max_presences: null,
    max_members: 500_000,
    max_stage_video_channel_users: 50,
    max_video_channel_users: 25,
    vanity_url_code: null,
    premium_tier: 0,
    premium_subscription_count: 0,
    preferred_locale: 'en-US',
    rules_channel_id: null,
    safety_alerts_channel_id: null,
    public_updates_channel_id: null,
    premium_progress_bar_enabled: false,
    nsfw: false,
    nsfw_level: 0,
    emojis: [],
    stickers: [],
    incidents_data: null,
    ...(withCounts ? { approximate_member_count: guild.members.size, approximate_presence_count: 1 } : {}),
  };
}

/** The server as the gateway sends it to the bot: its own member, all channels, the active threads that it can see. */
export function guildCreateJson(guild: Guild): object {
  const bot = guild.members.get(guild.botId);
  const user = guild.users.get(guild.botId);
  const threads = guild.threads.filter((thread) => !thread.archived && guild.canSee(guild.botId, thread));
  return {
    ...guildJson(guild),
    joined_at: bot?.joinedAt,
    large: false,
    unavailable: false,
    member_count: guild.members.size,
    members: bot && user ? [memberJson(bot, user)] : [],
    channels: guild.guildChannels.map((channel) => channelJson(channel, guild)),
    threads: threads.map((thread) => {
      const joined = thread.members.get(guild.botId);
      const member = joined === undefined ? {} : { member: threadMemberJson(thread, guild.botId, joined) };
      return { ...threadJson(thread, guild), ...member };
    }),
    presences: [],
    voice_states: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
  };
}
