import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import type { TlsPaths } from '../../services/hub/tls-files.ts';
import { AppError, hasErrno } from '../shared/errors.ts';
import { readConfig, type SettingRow } from '../shared/load-config.ts';
import { LOG_LEVELS, type LogLevel } from '../shared/logger.ts';
import { Secret } from '../shared/secret.ts';

/** The bot's settings: each a key of the file and an environment variable, which goes before the file. */
export const BOT_SETTINGS = {
  discord_token: row('DISCORD_TOKEN', "the bot's token"),
  discord_app_id: row('DISCORD_APP_ID', 'id of the application'),
  discord_guild_id: row(
    'DISCORD_GUILD_ID',
    'register the commands for this server only, where they appear at once',
  ),
  owner_id: row('OWNER_ID', 'Discord user who runs the bot and may link the computer that it runs on'),
  staff_role_id: row('STAFF_ROLE_ID', 'role of support staff'),
  help_channel: row('HELP_CHANNEL', 'name or id of the channel with the figures'),
  threads_channel: row('THREADS_CHANNEL', 'name or id of the channel that private threads are made under'),
  data_dir: row('DATA_DIR', 'folder of everything that the bot keeps'),
  hub_listen: row(
    'HUB_LISTEN',
    'where agents connect: unix:PATH, ws://127.0.0.1:PORT, wss://ADDRESS:PORT, or several of them',
  ),
  hub_public_url: row('HUB_PUBLIC_URL', 'what other computers connect to: wss://HOST'),
  hub_trust_proxy: row(
    'HUB_TRUST_PROXY',
    'addresses of proxies in front of the hub, whose word on where somebody comes from is taken',
  ),
  hub_tls_certificate: row(
    'HUB_TLS_CERTIFICATE',
    "PEM file of the hub's own certificate, for wss:// in HUB_LISTEN",
  ),
  hub_tls_key: row('HUB_TLS_KEY', 'PEM file of its key'),
  http_listen: row('HTTP_LISTEN', 'where health and figures are read: HOST:PORT'),
  log_level: row('LOG_LEVEL', LOG_LEVELS.join(', ')),
  discord_api: row('DISCORD_API', "address of Discord's API, without the version"),
  discord_cdn: row('DISCORD_CDN', "address of Discord's files"),
} as const satisfies Record<string, SettingRow>;

type Key = keyof typeof BOT_SETTINGS;

/** What is used where nothing is given. `threads_channel` is the help channel then; `hub_listen` is the hub's own default. */
export const BOT_DEFAULTS = {
  help_channel: 'migration-help',
  data_dir: './data',
  http_listen: '127.0.0.1:9464',
  log_level: 'info',
  discord_api: 'https://discord.com/api',
  discord_cdn: 'https://cdn.discordapp.com',
} as const satisfies Partial<Record<Key, string>>;

export interface BotConfig {
  readonly token: Secret;
  readonly appId: string;
  readonly guildId: string | undefined;
  readonly ownerId: string;
  readonly staffRoleId: string | undefined;
  readonly helpChannel: string;
  readonly threadsChannel: string;
  readonly dataDir: string;
  readonly hubListen: string | undefined;
  readonly hubPublicUrl: string | undefined;
  readonly hubTrustProxy: readonly string[];
  readonly hubTls: TlsPaths | undefined;
  readonly httpListen: string;
  readonly logLevel: LogLevel;
  /** Without a slash at the end. */
  readonly discordApi: string;
  readonly discordCdn: string;
}

const REQUIRED = ['discord_token', 'discord_app_id', 'owner_id'] as const satisfies readonly Key[];
const IDS = [
  'discord_app_id',
  'discord_guild_id',
  'owner_id',
  'staff_role_id',
] as const satisfies readonly Key[];
/** Below the folder that the bot is started in. */
export const DEFAULT_FILE = 'config/bot.yml';

/**
 * The settings from the file named by `--config FILE` (else `config/bot.yml` below `folder`, if it is there) and the
 * environment.
 * @throws CONFIG_INVALID with every problem at once; no value of the token is in it
 */
export function loadBotConfig(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  folder: string,
): BotConfig {
  const at = args.indexOf('--config');
  const named = at < 0 ? undefined : args[at + 1];
  if (at >= 0 && named === undefined)
    throw new AppError('CONFIG_INVALID', { problems: '--config needs a file' });
  const file = named ?? join(folder, DEFAULT_FILE);
  return botConfig(readText(file, named !== undefined), file, env);
}

/** The same from a text that was read already; `file` is only named in problems. */
export function botConfig(
  text: string | undefined,
  file: string,
  env: Readonly<Record<string, string | undefined>>,
): BotConfig {
  const { values: given, problems } = readConfig(BOT_SETTINGS, text, file, env);
  const values = { ...BOT_DEFAULTS, ...given };
  const all = [...problems, ...REQUIRED.flatMap((key) => missing(given, key)), ...formProblems(values)];
  if (all.length > 0) throw new AppError('CONFIG_INVALID', { problems: all.join('; ') }, { file });
  return {
    token: new Secret('DISCORD_TOKEN', given.discord_token ?? ''),
    appId: given.discord_app_id ?? '',
    guildId: given.discord_guild_id,
    ownerId: given.owner_id ?? '',
    staffRoleId: given.staff_role_id,
    helpChannel: values.help_channel,
    threadsChannel: given.threads_channel ?? values.help_channel,
    dataDir: values.data_dir,
    hubListen: given.hub_listen,
    hubPublicUrl: given.hub_public_url,
    hubTrustProxy: addressList(given.hub_trust_proxy),
    hubTls: tlsOf(given),
    httpListen: values.http_listen,
    logLevel: values.log_level as LogLevel,
    discordApi: values.discord_api.replace(/\/+$/, ''),
    discordCdn: values.discord_cdn.replace(/\/+$/, ''),
  };
}

function addressList(text = ''): string[] {
  return text.split(/[\s,]+/).filter((address) => address !== '');
}

function tlsOf({ hub_tls_certificate: certificate, hub_tls_key: key }: Partial<Record<Key, string>>) {
  return certificate === undefined || key === undefined ? undefined : { certificate, key };
}

function missing(given: Partial<Record<Key, string>>, key: Key): string[] {
  const { env, about } = BOT_SETTINGS[key];
  return given[key] === undefined ? [`${key} (${env}) is missing: ${about}`] : [];
}

function formProblems(values: Partial<Record<Key, string>>): string[] {
  const ids = IDS.filter((key) => values[key] !== undefined && !/^\d{17,20}$/.test(values[key]));
  const addresses = (['discord_api', 'discord_cdn'] as const).filter(
    (key) => !isSafeAddress(values[key] ?? ''),
  );
  const isLevel = LOG_LEVELS.some((level) => level === values.log_level);
  return [
    ...ids.map((key) => `${key} must be an id of Discord, 17 to 20 digits`),
    ...addresses.map(
      (key) => `${key} must be an https address (http only on this computer: the token goes there)`,
    ),
    ...(isLevel ? [] : [`log_level must be one of ${LOG_LEVELS.join(', ')}`]),
    ...(addressList(values.hub_trust_proxy).every((address) => isIP(address) !== 0)
      ? []
      : ['hub_trust_proxy must be addresses in numbers, such as 127.0.0.1']),
    ...((values.hub_tls_certificate === undefined) === (values.hub_tls_key === undefined)
      ? []
      : ['hub_tls_certificate and hub_tls_key are given together or not at all']),
    ...(/^[^\s:]+:\d{1,5}$/.test(values.http_listen ?? '') ? [] : ['http_listen must be HOST:PORT']),
  ];
}

/** A token never goes over `http` beyond loopback. */
function isSafeAddress(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return (
    protocol === 'https:' || (protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname))
  );
}

function readText(file: string, isNamed: boolean): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (hasErrno(error, 'ENOENT') && !isNamed) return undefined;
    const reason = hasErrno(error, 'ENOENT') ? 'it is not there' : 'it cannot be read';
    throw new AppError('CONFIG_INVALID', { problems: `${file}: ${reason}` }, { file, cause: error });
  }
}

function row(env: string, about: string): SettingRow {
  return { env, about };
}
