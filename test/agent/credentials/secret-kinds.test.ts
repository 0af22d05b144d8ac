import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  envNameToCredentialKey,
  isSettingName,
  kindOfSecret,
} from '../../../src/agent/credentials/secret-kinds.ts';

/** Every variable of the legacy project's `.env.example`, with what it is. */
const TEMPLATE: [name: string, provider: string, type: string][] = [
  ['DISCORD_BOT_TOKEN', 'discord', 'token'],
  ['ANTHROPIC_API_KEY', 'claude', 'api_key'],
  ['OPENAI_API_KEY', 'openai', 'api_key'],
  ['GITHUB_TOKEN', 'github', 'token'],
  ['SECRET_KEY', 'generic', 'generic'],
  ['JWT_SECRET', 'generic', 'generic'],
  ['GOOGLE_ANALYTICS_KEY', 'google', 'api_key'],
  ['SLACK_WEBHOOK_URL', 'slack', 'url'],
  ['SMTP_USERNAME', 'smtp', 'generic'],
  ['SMTP_PASSWORD', 'smtp', 'password'],
  ['DATABASE_URL', 'database', 'url'],
  ['REDIS_URL', 'redis', 'url'],
  ['SENTRY_DSN', 'sentry', 'url'],
  ['APM_TOKEN', 'apm', 'token'],
];

describe('kindOfSecret', () => {
  test.each(TEMPLATE)('knows %s of the template', (name, provider, type) => {
    expect(kindOfSecret(name)).toMatchObject({ provider, type });
    expect(isSettingName(name)).toBe(false);
  });

  test.each([
    ['STRIPE_API_KEY', 'generic', 'api_key'],
    ['GITHUB_APP_TOKEN', 'github', 'token'],
    ['DB_PASSWORD', 'database', 'password'],
    ['AWS_SECRET_ACCESS_KEY', 'aws', 'generic'],
    ['TEAM_WEBHOOK_URL', 'generic', 'url'],
    ['MY_SENTRY_DSN', 'generic', 'url'],
    ['SOMETHING_ELSE', 'generic', 'generic'],
    ['discord_token', 'discord', 'token'],
    ['constructor', 'generic', 'generic'],
  ])('judges %s by its name', (name, provider, type) => {
    expect(kindOfSecret(name)).toMatchObject({ provider, type });
  });

  test('describes any name at all', () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        expect(kindOfSecret(name).description).not.toBe('');
      }),
    );
  });
});

describe('isSettingName', () => {
  test.each([
    'ENVIRONMENT',
    'DEBUG',
    'WEB_PORT',
    'API_PORT',
    'SMTP_SERVER',
    'SMTP_PORT',
    'LOG_LEVEL',
    'TZ',
    'PORT',
    'API_HOST',
    'NO_AGENT_MODE',
    'REPO_PATH',
    'DATABASE_POOL_SIZE',
    'AGENT_WORKFLOW_CONFIG_DIR',
    'DISCORD_GUILD_ID',
    'CLAUDE_MAX_TOKENS',
    'log_level',
  ])('takes %s for a setting', (name) => {
    expect(isSettingName(name)).toBe(true);
  });

  test.each([
    'SMTP_USERNAME',
    'AWS_ACCESS_KEY_ID',
    'PRIVATE_KEY_PATH',
    'SECRET_FILE',
    'TOKEN_LIMIT',
    'HTTP_PROXY',
    'SSH_AUTH_SOCK',
    'DATABASE_URL',
    'ANYTHING',
    'A',
    '',
    'DEBUG2',
  ])('keeps "%s" as a secret', (name) => {
    expect(isSettingName(name)).toBe(false);
  });
});

describe('envNameToCredentialKey', () => {
  test.each([
    ['ANTHROPIC_API_KEY', 'claude', 'ai_provider_key'],
    ['ANTHROPIC_API_KEY', undefined, 'ai_provider_key'],
    ['ANTHROPIC_API_KEY', 'openai', 'anthropic_api_key'],
    ['ANTHROPIC_API_KEY', 'local', 'anthropic_api_key'],
    ['OPENAI_API_KEY', 'openai', 'ai_provider_key'],
    ['OPENAI_API_KEY', 'claude', 'openai_api_key'],
    ['OPENAI_API_KEY', undefined, 'openai_api_key'],
    ['DISCORD_BOT_TOKEN', undefined, 'discord_bot_token'],
    ['discord_token', undefined, 'discord_bot_token'],
    ['GITHUB_TOKEN', 'claude', 'github_token'],
    ['SMTP_PASSWORD', 'claude', 'smtp_password'],
  ])('stores %s with provider %s as %s', (name, provider, key) => {
    expect(envNameToCredentialKey(name, provider)).toBe(key);
  });

  test('never gives the AI keys of two providers the same name', () => {
    for (const provider of ['claude', 'openai', 'azure-openai', 'local', 'custom', undefined]) {
      const keys = ['ANTHROPIC_API_KEY', 'OPENAI_API_KEY'].map((name) =>
        envNameToCredentialKey(name, provider),
      );
      expect(new Set(keys).size).toBe(2);
    }
  });
});
