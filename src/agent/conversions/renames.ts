import type { SettingsRole } from '../survey/settings-files.ts';
import { asIs, identifier, list, oneOf, type Reader, text, within, yesNo } from './readers.ts';

/** A legacy key that has a place of its own in config.yaml. */
export interface Rename {
  readonly roles: readonly SettingsRole[];
  /** Dotted path in the legacy file. */
  readonly from: string;
  /** Dotted paths in config.yaml; the first names the decision if the value cannot be used. */
  readonly to: readonly string[];
  readonly read: Reader;
}

const MODES = ['blocking', 'partial', 'autonomous'] as const;
const LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR', 'CRITICAL'] as const;
const PROVIDERS = ['claude', 'openai', 'azure-openai', 'local', 'custom'] as const;

export const mode = oneOf(MODES);
const level = oneOf(LEVELS, { warning: 'WARN', fatal: 'CRITICAL' });
const provider = oneOf(PROVIDERS, {
  anthropic: 'claude',
  azure: 'azure-openai',
  azure_openai: 'azure-openai',
});
const projectCount = within(1, 50);
const days = within(1, 365);
const perMinute = within(1, 1_000_000_000);

const MAIN: readonly SettingsRole[] = ['main'];
const CHAT: readonly SettingsRole[] = ['main', 'discord', 'bot'];
const ANY: readonly SettingsRole[] = ['main', 'multi', 'discord', 'bot'];

const CONCURRENT = ['global.max_concurrent_projects', 'projects.max_concurrent'];

/** In order: where two rows of one file state the same setting, the earlier row wins (formats.md §5). */
export const RENAMES: readonly Rename[] = [
  row(MAIN, 'orchestrator.default_mode', ['global.default_mode'], mode),
  row(MAIN, 'orchestrator.mode', ['global.default_mode'], mode),
  row(MAIN, 'orchestrator.log_level', ['global.log_level'], level),
  row(MAIN, 'logging.level', ['global.log_level'], level),
  row(MAIN, 'orchestrator.max_projects', CONCURRENT, projectCount),
  row(['main', 'multi'], 'global.max_concurrent_projects', CONCURRENT, projectCount),
  row(MAIN, 'orchestrator.max_concurrent_projects', CONCURRENT, projectCount),
  row(MAIN, 'backup_retention_days', ['global.data_retention_days'], days),
  row(MAIN, 'orchestrator.backup_retention_days', ['global.data_retention_days'], days),
  row(['main', 'multi'], 'global.backup_retention_days', ['global.data_retention_days'], days),
  row(MAIN, 'orchestrator.data_retention_days', ['global.data_retention_days'], days),

  row(MAIN, 'ai.provider', ['ai_provider.provider'], provider),
  row(MAIN, 'ai.model', ['ai_provider.model'], text),
  row(MAIN, 'ai.api_endpoint', ['ai_provider.api_endpoint'], text),
  row(MAIN, 'ai.endpoint', ['ai_provider.api_endpoint'], text),
  row(MAIN, 'ai.base_url', ['ai_provider.api_endpoint'], text),
  row(MAIN, 'ai.rate_limit.requests_per_minute', ['ai_provider.rate_limit.requests_per_minute'], perMinute),
  row(MAIN, 'ai.requests_per_minute', ['ai_provider.rate_limit.requests_per_minute'], perMinute),
  row(MAIN, 'ai.rate_limit.tokens_per_minute', ['ai_provider.rate_limit.tokens_per_minute'], perMinute),
  row(MAIN, 'ai.tokens_per_minute', ['ai_provider.rate_limit.tokens_per_minute'], perMinute),

  row(CHAT, 'discord.enabled', ['discord.enabled'], yesNo),
  row(CHAT, 'discord.guild_id', ['discord.guild_id'], identifier),
  row(CHAT, 'discord.guild', ['discord.guild_id'], identifier),
  row(CHAT, 'discord.server_id', ['discord.guild_id'], identifier),
  row(CHAT, 'server.guild_id', ['discord.guild_id'], identifier),
  row(CHAT, 'bot.guild_id', ['discord.guild_id'], identifier),
  row(ANY, 'discord_guild', ['discord.guild_id'], identifier),
  row(['discord', 'bot'], 'guild_id', ['discord.guild_id'], identifier),
  row(['main', 'multi'], 'global.global_discord_guild', ['discord.guild_id'], identifier),
  row(CHAT, 'discord.channel_prefix', ['discord.channel_prefix'], text),
  row(['discord', 'bot'], 'channel_prefix', ['discord.channel_prefix'], text),
  row(CHAT, 'discord.auto_create_channels', ['discord.auto_create_channels'], yesNo),
  row(CHAT, 'server.auto_create_channels', ['discord.auto_create_channels'], yesNo),
  row(CHAT, 'discord.bot_permissions', ['discord.bot_permissions'], list),

  row(MAIN, 'github.enabled', ['github.enabled'], yesNo),
  row(MAIN, 'github.api_endpoint', ['github.api_endpoint'], text),

  row(MAIN, 'security.enforce_agent_restrictions', ['security.agent_restrictions_enabled'], yesNo),
  row(MAIN, 'security.agent_restrictions_enabled', ['security.agent_restrictions_enabled'], yesNo),
  row(MAIN, 'security.command_approval_required', ['security.command_approval_required'], yesNo),
  row(MAIN, 'security.dangerous_commands_blocked', ['security.dangerous_commands_blocked'], yesNo),
];

/**
 * Whole sections that keep their keys under the section's new name. The package reads only the keys above, so what goes
 * this way is kept and not in effect.
 */
export const SECTIONS: readonly { roles: readonly SettingsRole[]; from: string; to: string }[] = [
  { roles: MAIN, from: 'ai', to: 'ai_provider' },
  { roles: MAIN, from: 'github', to: 'github' },
  { roles: MAIN, from: 'security', to: 'security' },
  { roles: CHAT, from: 'discord', to: 'discord' },
  { roles: ['bot'], from: 'bot', to: 'discord.bot' },
  { roles: ['bot'], from: 'server', to: 'discord.server' },
];

function row(
  roles: readonly SettingsRole[],
  from: string,
  to: readonly string[],
  read: Reader = asIs,
): Rename {
  return { roles, from, to, read };
}
