/**
 * What a variable's name tells about its value. The named variables are those of the legacy project's `.env.example` and of
 * its code; any other is judged by how its name ends, and counts as a secret unless it is plainly a setting.
 */
import type { Secret } from '../../shared/secret.ts';
import { secretPattern } from './secret-patterns.ts';

export { isEverydayText } from './everyday-text.ts';
export { isPlaceholder } from './placeholder.ts';
export { looksLikeSecretKey } from './secret-keys.ts';
export {
  findSecretPatterns,
  findTokens,
  type SecretPattern,
  secretPattern,
  secretShapes,
} from './secret-patterns.ts';
export { isSecretSetting } from './secret-settings.ts';

export type SecretType = 'token' | 'api_key' | 'password' | 'url' | 'generic';

export interface SecretKind {
  /** As `ai_provider.provider` spells it, or `generic`. */
  readonly provider: string;
  readonly type: SecretType;
  readonly description: string;
}

const KNOWN: Readonly<Record<string, SecretKind>> = {
  DISCORD_BOT_TOKEN: { provider: 'discord', type: 'token', description: 'Discord bot token' },
  DISCORD_TOKEN: { provider: 'discord', type: 'token', description: 'Discord bot token' },
  DISCORD_WEBHOOK_URL: { provider: 'discord', type: 'url', description: 'Discord webhook address' },
  ANTHROPIC_API_KEY: { provider: 'claude', type: 'api_key', description: 'Claude API key' },
  CLAUDE_API_KEY: { provider: 'claude', type: 'api_key', description: 'Claude API key' },
  OPENAI_API_KEY: { provider: 'openai', type: 'api_key', description: 'OpenAI API key' },
  AZURE_OPENAI_API_KEY: { provider: 'azure-openai', type: 'api_key', description: 'Azure OpenAI API key' },
  GITHUB_TOKEN: { provider: 'github', type: 'token', description: 'GitHub personal access token' },
  GITHUB_WEBHOOK_SECRET: { provider: 'github', type: 'generic', description: 'GitHub webhook secret' },
  SECRET_KEY: { provider: 'generic', type: 'generic', description: 'Key that encrypts sensitive data' },
  JWT_SECRET: { provider: 'generic', type: 'generic', description: 'Key that signs JSON web tokens' },
  JWT_SECRET_KEY: { provider: 'generic', type: 'generic', description: 'Key that signs JSON web tokens' },
  GOOGLE_ANALYTICS_KEY: { provider: 'google', type: 'api_key', description: 'Google Analytics key' },
  SLACK_WEBHOOK_URL: { provider: 'slack', type: 'url', description: 'Slack webhook address' },
  SMTP_USERNAME: { provider: 'smtp', type: 'generic', description: 'User name at the mail server' },
  SMTP_PASSWORD: { provider: 'smtp', type: 'password', description: 'Password at the mail server' },
  DATABASE_URL: {
    provider: 'database',
    type: 'url',
    description: 'Address of the database, with its password',
  },
  REDIS_URL: { provider: 'redis', type: 'url', description: 'Address of the Redis server' },
  SENTRY_DSN: { provider: 'sentry', type: 'url', description: 'Sentry address for error reports' },
  APM_TOKEN: { provider: 'apm', type: 'token', description: 'Token of the performance monitor' },
};

/** The first rule whose pattern the upper-case name ends with. */
const BY_ENDING: readonly (readonly [RegExp, SecretType, string])[] = [
  [/(?:^|_)(?:API_?KEY|APIKEY)$/, 'api_key', 'API key'],
  [/(?:^|_)(?:TOKEN|PAT|JWT)$/, 'token', 'Token'],
  [/(?:^|_)(?:PASSWORD|PASSWD|PASS|PWD|PASSPHRASE)$/, 'password', 'Password'],
  [/(?:^|_)(?:URL|URI|DSN|WEBHOOK|CONNECTION_STRING)$/, 'url', 'Address'],
  [/(?:^|_)(?:KEY|SECRET|CREDENTIALS?)$/, 'generic', 'Secret'],
];

const PROVIDERS: readonly (readonly [RegExp, string])[] = [
  [/^DISCORD_/, 'discord'],
  [/^(?:ANTHROPIC|CLAUDE)_/, 'claude'],
  [/^AZURE_OPENAI_/, 'azure-openai'],
  [/^OPENAI_/, 'openai'],
  [/^(?:GITHUB|GH)_/, 'github'],
  [/^SLACK_/, 'slack'],
  [/^(?:SMTP|MAIL|EMAIL)_/, 'smtp'],
  [/^AWS_/, 'aws'],
  [/^(?:GOOGLE|GCP|GEMINI)_/, 'google'],
  [/^SENTRY_/, 'sentry'],
  [/^(?:DATABASE|DB|POSTGRES|PG|MYSQL)_?/, 'database'],
  [/^REDIS_/, 'redis'],
];

/** Settings of the legacy project's `.env.example`. */
const KNOWN_SETTINGS = new Set('ENVIRONMENT DEBUG WEB_PORT API_PORT SMTP_SERVER SMTP_PORT'.split(' '));

/** True for the variables that the legacy project itself knows. */
export function isKnownVariable(name: string): boolean {
  return Object.hasOwn(KNOWN, name) || KNOWN_SETTINGS.has(name);
}

/** `SMTP_USERNAME`, `MAIL_PASS`: plainly a secret's name also outside of env files. Addresses are judged by their content. */
export function isSecretVariable(name: string): boolean {
  if (!/^[A-Z][A-Z0-9_]*$/.test(name) || isSettingName(name)) return false;
  const known = Object.hasOwn(KNOWN, name) && KNOWN[name]!.type !== 'url';
  return known || /_(?:PASS|PWD|PW)$/.test(name);
}

/**
 * What a secret of this name is; where the name does not tell who gave it out, its shape may. The description never holds
 * the value; for an unknown name it is the kind and the name.
 */
export function kindOfSecret(name: string, value?: Secret): SecretKind {
  const kind = kindByName(name);
  if (value === undefined || kind.provider !== 'generic' || Object.hasOwn(KNOWN, name.toUpperCase()))
    return kind;
  const shape = secretPattern(value.reveal().toString('utf8'));
  if (shape === undefined || shape.provider === 'generic') return kind;
  return { ...kind, provider: shape.provider, type: kind.type === 'generic' ? shape.type : kind.type };
}

function kindByName(name: string): SecretKind {
  const upper = name.toUpperCase();
  if (Object.hasOwn(KNOWN, upper)) return KNOWN[upper]!;
  const provider = PROVIDERS.find(([pattern]) => pattern.test(upper))?.[1] ?? 'generic';
  const [, type, word] = BY_ENDING.find(([pattern]) => pattern.test(upper)) ?? [upper, 'generic', 'Secret'];
  return { provider, type, description: `${word} from ${name}` };
}

const SETTINGS = new Set(
  `ENVIRONMENT ENV NODE_ENV APP_ENV FLASK_ENV PYTHON_ENV RAILS_ENV DJANGO_SETTINGS_MODULE
   DEBUG VERBOSE QUIET TESTING CI VERSION NO_COLOR FORCE_COLOR NO_AGENT_MODE DRY_RUN
   HOST HOSTNAME PORT BIND WORKERS THREADS CONCURRENCY MAX_WORKERS
   SMTP_SERVER MAIL_SERVER SMTP_TLS SMTP_SSL SMTP_USE_TLS SMTP_USE_SSL
   TZ TIMEZONE LANG LANGUAGE LOCALE LC_ALL LC_CTYPE TERM EDITOR PAGER SHELL
   HOME USER PWD PATH PYTHONPATH VIRTUAL_ENV PYTHONUNBUFFERED PYTHONDONTWRITEBYTECODE PYTHONIOENCODING PYTHONUTF8
   LOGLEVEL UID GID PUID PGID UMASK COMPOSE_PROJECT_NAME COMPOSE_FILE DOCKER_HOST NO_PROXY
   DISCORD_GUILD_ID DISCORD_SERVER_ID DISCORD_CHANNEL_ID DISCORD_APPLICATION_ID
   MAX_TOKENS CLAUDE_MAX_TOKENS OPENAI_MAX_TOKENS TOKENS_PER_MINUTE REQUESTS_PER_MINUTE
   DEFAULT_MODE CLAUDE_MODEL OPENAI_MODEL ANTHROPIC_MODEL AI_PROVIDER AI_MODEL`.split(/\s+/),
);

const SETTING_ENDING =
  /_(?:PORT|HOST|HOSTNAME|LEVEL|TIMEOUT|INTERVAL|ENABLED|DISABLED|DEBUG|VERBOSE|MODE|DIR|DIRECTORY|FOLDER|PATH|FILE|FORMAT|SIZE|LIMIT|COUNT|WORKERS|RETRIES|DAYS|HOURS|MINUTES|SECONDS|REGION|TIMEZONE|LOCALE|MODEL)$/;

/** A name that speaks of a secret is one, whatever its ending: `SECRET_FILE`, `TOKEN_LIMIT`. */
const SPEAKS_OF_SECRET =
  /TOKEN|KEY|SECRET|PASS|PWD|CREDENTIAL|AUTH|PRIVATE|WEBHOOK|DSN|CERT|COOKIE|SESSION|SALT|SIGN|LICEN[CS]E/;

/**
 * True for the names in env files that are settings (formats.md section 5: `ENVIRONMENT DEBUG WEB_PORT API_PORT
 * SMTP_SERVER SMTP_PORT` and the like). Everything else is a secret: a setting that is kept too safe is a smaller harm.
 */
export function isSettingName(name: string): boolean {
  const upper = name.toUpperCase();
  return SETTINGS.has(upper) || (SETTING_ENDING.test(upper) && !SPEAKS_OF_SECRET.test(upper));
}

/**
 * The key of a secret in `credentials.enc` (formats.md section 6). `aiProvider` is the configured
 * `ai_provider.provider`; while there is none, Anthropic's key is taken for it.
 */
export function envNameToCredentialKey(name: string, aiProvider: string | undefined): string {
  const upper = name.toUpperCase();
  if (upper === 'ANTHROPIC_API_KEY' && ['claude', 'anthropic', undefined].includes(aiProvider))
    return 'ai_provider_key';
  if (upper === 'OPENAI_API_KEY' && aiProvider === 'openai') return 'ai_provider_key';
  if (upper === 'DISCORD_BOT_TOKEN' || upper === 'DISCORD_TOKEN') return 'discord_bot_token';
  return name.toLowerCase();
}
