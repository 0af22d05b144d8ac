import type { Leaf } from './read.ts';

/**
 * Where a legacy setting may stand in the new home: either migrator may put it to any of these. Written down here from
 * the formats of both sides, apart from the tables that our conversions use.
 */
const PLACES: Readonly<Record<string, readonly string[]>> = {
  'orchestrator.default_mode': ['global.default_mode'],
  'orchestrator.mode': ['global.default_mode'],
  'orchestrator.log_level': ['global.log_level'],
  'logging.level': ['global.log_level'],
  'orchestrator.max_projects': ['global.max_concurrent_projects'],
  'global.max_concurrent_projects': ['global.max_concurrent_projects'],
  'global.backup_retention_days': ['global.data_retention_days'],
  'global.global_discord_guild': ['discord.guild_id'],
  'server.auto_create_channels': ['discord.auto_create_channels'],
  'security.enforce_agent_restrictions': ['security.agent_restrictions_enabled'],
};

/** A section of a settings file and the section that takes its keys. */
const SECTIONS: Readonly<Record<string, readonly string[]>> = {
  orchestrator: ['global'],
  ai: ['ai_provider'],
  bot: ['discord', 'discord.bot'],
  server: ['discord.server'],
};

/** What of a project stands under another name in its entry of the registry. */
const OF_PROJECT: Readonly<Record<string, readonly string[]>> = {
  orchestration: ['mode'],
  git_url: ['github.repository'],
  'github.repository': ['metadata.repository'],
  discord_channel: ['discord.channel_name'],
  created_at: ['registered'],
  last_activity: ['last_active'],
  description: ['metadata.description'],
  tags: ['metadata.tags'],
};

/** Keys of `config.yaml` that the package reads, and those of an entry in its registry. */
const READ =
  /^(version|global\.(user_profile|default_mode|log_level|data_retention_days|max_concurrent_projects)|ai_provider\.(provider|model|api_endpoint|rate_limit\.\w+)|discord\.(enabled|guild_id|channel_prefix|auto_create_channels|bot_permissions)|github\.(enabled|api_endpoint)|security\.(agent_restrictions_enabled|command_approval_required|dangerous_commands_blocked)|projects\.\w+)$/;

/** What a new home says where nobody said anything, as both migrators write it. */
const DEFAULTS: Readonly<Record<string, readonly string[]>> = {
  version: ['1.0'],
  'global.default_mode': ['blocking'],
  'global.log_level': ['INFO'],
  'global.data_retention_days': ['30'],
  'global.max_concurrent_projects': ['3'],
  'ai_provider.rate_limit.requests_per_minute': ['50'],
  'ai_provider.rate_limit.tokens_per_minute': ['100000'],
  'discord.enabled': ['false'],
  'discord.channel_prefix': ['orch'],
  'discord.auto_create_channels': ['true'],
  'discord.bot_permissions': ['send_messages', 'manage_channels', 'embed_links'],
  'security.agent_restrictions_enabled': ['true'],
  'security.command_approval_required': ['true'],
  'security.dangerous_commands_blocked': ['true'],
};

/** The path with dots and without places in lists. */
export function dotted(path: readonly string[]): string {
  return path.filter((part) => !/^\d+$/.test(part)).join('.');
}

/** Dotted paths in `config.yaml`. */
export function placesInConfig(file: string, key: string): string[] {
  const [section = '', ...rest] = key.split('.');
  const moved = (SECTIONS[section] ?? []).map((name) => [name, ...rest].join('.'));
  return [...(PLACES[key] ?? []), ...moved, key, `legacy.${file}.${key}`];
}

/** Dotted paths in the entry of the project. */
export function placesInEntry(key: string): string[] {
  return [...(OF_PROJECT[key] ?? []), key];
}

export function isRead(place: string): boolean {
  return READ.test(place);
}

export function isDefault({ path, value }: Leaf): boolean {
  return value === 'null' || (DEFAULTS[dotted(path)] ?? []).includes(value);
}

/** Whether two values mean the same to the package, which spells one level in its own way. */
export function sameValue(one: string, other: string): boolean {
  const spelled = (value: string) => (value === 'WARNING' ? 'WARN' : value);
  return spelled(one) === spelled(other);
}
