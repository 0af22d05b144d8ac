// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates hold such references
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isPlaceholder } from '../../../src/agent/credentials/secret-kinds.ts';
import { realToken } from './tokens.ts';

test.each([
  '',
  '   ',
  '""',
  'your_discord_bot_token_here',
  'your_anthropic_api_key_here',
  'your_github_personal_access_token_here',
  'your_random_secret_key_generate_this',
  'your_jwt_secret_generate_this',
  'your_google_analytics_key',
  'https://hooks.slack.com/services/YOUR/WEBHOOK/URL',
  'https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX',
  'your_email@example.com',
  'your_email_app_password',
  'postgresql://username:password@localhost:5432/agent_workflow',
  'your_sentry_dsn_here',
  'your_apm_token_here',
  'YOUR_TOKEN',
  'YOUR-API-KEY-HERE',
  'yourtokenhere',
  'discord_token_here',
  'insert_token_here',
  'paste your api key here',
  'generate_this',
  'changeme',
  'CHANGE_ME',
  'change_me_in_production',
  'replace-me',
  'xxx',
  'XXXXXXXXXXXX',
  '********',
  '...',
  '"..."',
  '<token>',
  '<your token here>',
  '{{ token }}',
  'sk-...',
  'sk-ant-...',
  'sk-ant-your-key-here',
  'ghp_xxxxxxxxxxxxxxxxxxxx',
  'xoxb-your-token-here',
  'https://<key>@sentry.io/<project>',
  'me@example.com',
  'postgres://user:password@your-host/db',
  'postgres://user:${PASSWORD}@your-host/db',
  'https://your_github_token@github.com/your-name/repo',
  'placeholder',
  'null',
])('"%s" is a placeholder', (value) => {
  expect(isPlaceholder(value)).toBe(true);
});

test.each([
  'password',
  'hunter2',
  'changeme123',
  'correct horse battery staple',
  'your-dog-ate-7-of-my-books',
  'yoursTruly',
  'xXx9',
  'secret',
  'postgres://app:s3cret@db.your-server.de/app',
  'postgresql://postgres:postgres@localhost/db',
  'postgres://admin:R3al-Pw-9@your-startup.com:5432/prod',
  'postgres://admin:p@ss/w0rd@your-startup.com:5432/prod',
  'https://0123456789abcdef0123456789abcdef01234567@your-startup.com/x',
  'https://hooks.slack.com/services/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',
  'redis://localhost:6379/0',
  'me@company.com',
  'here',
  'token',
  '<P@ss>',
  'a',
  '0000',
])('"%s" is not', (value) => {
  expect(isPlaceholder(value)).toBe(false);
});

test('no token of a known shape and no random value is taken for one', () => {
  const random = fc
    .stringMatching(/^[A-Za-z0-9+/_-]{16,64}$/)
    .filter((value) => /\d/.test(value) && /[a-z]/.test(value));
  const random2 = fc
    .base64String({ minLength: 20, maxLength: 60 })
    .filter((value) => new Set(value).size > 8);
  fc.assert(
    fc.property(fc.oneof(realToken, random, random2), (value) => {
      expect(isPlaceholder(value)).toBe(false);
    }),
    { numRuns: 2000 },
  );
});

test('a long run of template words is judged at once', () => {
  expect(isPlaceholder(`your${'username'.repeat(20)}!`)).toBe(false);
  expect(isPlaceholder(`your${'username'.repeat(20)}x`)).toBe(false);
});
