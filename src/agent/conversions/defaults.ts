import { list, map, scalar } from '../yaml/build.ts';
import { nodeAt } from '../yaml/leaves.ts';
import type { YamlMap, YamlNode } from '../yaml/yaml-node.ts';

/** What is only known when a run starts. */
export interface Facts {
  readonly now: Date;
  readonly installationId: string;
  readonly packageVersion: string | undefined;
  readonly platform: NodeJS.Platform;
  /** Absolute path of projects/registry.yaml in the target. */
  readonly registryPath: string;
}

/**
 * config.yaml as the package's own `init` would make it, in its order of sections (formats.md §5), plus the marks of a
 * migration. Conversions replace single values of it.
 */
export function defaultConfig(facts: Facts): YamlMap {
  const time = facts.now.toISOString();
  return map({
    version: text('1.0'),
    created: text(time),
    last_updated: text(time),
    migrated_from_git: true,
    installation: map({
      id: facts.installationId,
      method: 'migration',
      package_version: facts.packageVersion === undefined ? null : text(facts.packageVersion),
      python_version: null,
      platform: platformName(facts.platform),
    }),
    global: map({
      installation_id: facts.installationId,
      user_profile: 'solo-engineer',
      default_mode: 'blocking',
      log_level: 'INFO',
      data_retention_days: 30,
      max_concurrent_projects: 5,
    }),
    ai_provider: map({
      provider: null,
      model: null,
      api_endpoint: null,
      rate_limit: map({ requests_per_minute: 50, tokens_per_minute: 100_000 }),
      credentials_encrypted: true,
      credential_key: 'ai_provider_key',
    }),
    discord: map({
      enabled: false,
      guild_id: null,
      channel_prefix: 'orch',
      auto_create_channels: true,
      bot_permissions: list(['send_messages', 'manage_channels', 'embed_links']),
      credentials_encrypted: true,
      credential_key: 'discord_bot_token',
    }),
    github: map({
      enabled: false,
      api_endpoint: null,
      credentials_encrypted: true,
      credential_key: 'github_token',
    }),
    security: map({
      agent_restrictions_enabled: true,
      command_approval_required: true,
      dangerous_commands_blocked: true,
      credential_encryption_enabled: true,
    }),
    projects: map({
      registry_path: text(facts.registryPath),
      auto_discovery: false,
      validation_on_register: true,
      max_concurrent: 5,
    }),
    monitoring: map({
      enabled: true,
      health_checks: map({
        enabled: true,
        interval: 300,
        checks: list(['configuration', 'projects', 'credentials']),
      }),
    }),
  });
}

/** True for a dotted path that the package's own config.yaml has, whatever the facts are. */
export function isPackageKey(path: string): boolean {
  return nodeAt(PACKAGE_DEFAULTS, path.split('.')) !== undefined;
}

/** Its settings are the defaults; what only a run knows is empty. */
export const PACKAGE_DEFAULTS = defaultConfig({
  now: new Date(0),
  installationId: '',
  packageVersion: undefined,
  platform: 'linux',
  registryPath: '',
});

/** The default at a dotted path of config.yaml; null where there is none. */
export function defaultAt(config: YamlMap, path: string): YamlNode {
  return nodeAt(config, path.split('.')) ?? scalar(null);
}

function text(value: string): YamlNode {
  return { kind: 'scalar', type: 'text', value, source: value, plain: false, line: 0, column: 0 };
}

function platformName(platform: NodeJS.Platform): string {
  return platform === 'win32' ? 'windows' : platform === 'darwin' ? 'macos' : 'linux';
}
