// biome-ignore-all lint/suspicious/noTemplateCurlyInString: configuration files hold such references
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  findSecretPatterns,
  findTokens,
  secretPattern,
  secretShapes,
} from '../../../src/agent/credentials/secret-kinds.ts';
import { shapedTokens } from './tokens.ts';

test.each(shapedTokens.map(([provider, token], n) => [n, provider, token] as const))(
  'shape %i, of %s, is recognised alone and within any text',
  (_, provider, token) => {
    fc.assert(
      fc.property(token, fc.string({ maxLength: 40 }), (value, text) => {
        expect(secretPattern(value)?.provider).toBe(provider);
        expect(findSecretPatterns(`${text}\nkey: "${value}"\n${text}`)).toBe(true);
      }),
    );
  },
);

test('a private key is known by its first line', () => {
  for (const kind of ['', 'RSA ', 'EC ', 'OPENSSH ', 'ENCRYPTED '])
    expect(secretPattern(`-----BEGIN ${kind}PRIVATE KEY-----\nMII`)).toEqual({
      provider: 'generic',
      type: 'generic',
    });
});

test.each([
  [`${'M'.padEnd(24, 'T9')}.GhIjKl.${'aB3_-'.repeat(6)}`, 'token'],
  [`https://discord.com/api/webhooks/123456789012345678/${'aB3-_'.repeat(13)}`, 'url'],
  ['https://hooks.slack.com/services/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', 'url'],
  ['https://0123456789abcdef0123456789abcdef@o1.ingest.sentry.io/42', 'url'],
  ['redis://:s3cret@localhost:6379/0', 'url'],
  ['https://0123456789abcdef0123456789abcdef01234567@github.com/me/shop.git', 'url'],
  ['joe:s3cret@db.example.org:5432/app', 'url'],
])('"%s" is a %s', (value, type) => {
  expect(secretPattern(value)?.type).toBe(type);
});

test.each([
  '',
  'hello world',
  'task-management-and-something-long-enough-for-a-key',
  'sk-learn',
  'risk-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
  'sk-ant-your-api-key-goes-right-here',
  'xoxb-your-token-here',
  'ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
  'AKIAIOSFODNN7EXAMPLE',
  'https://hooks.slack.com/services/YOUR/WEBHOOK/URL',
  'https://example.com:8080/path@2',
  'https://github.com/owner/repo',
  'postgresql://username:password@localhost:5432/agent_workflow',
  'postgres://app:${DB_PASSWORD}@db/app',
  'postgres://app:{password}@db/app',
  'redis://localhost:6379/0',
  'git@github.com:owner/repo.git',
  'https://your_github_personal_access_token@github.com/owner/repo',
  'mailto:joe@example.org',
  'npm:string-width@4.2.0',
  'see joe:s3cret@db.example.org',
  '-----BEGIN PUBLIC KEY-----',
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  'https://registry.npmjs.org/a/-/a-1.0.0.tgz\nuser: me@x.org',
])('"%s" is no token', (value) => {
  expect(secretPattern(value)).toBeUndefined();
});

test('the tokens of a text are told with their own characters', () => {
  const token = 'ghp_0123456789abcdefghijABCDEFGHIJ012345';

  const found = [...secretShapes(`a ${token}, b redis://:s3cret@h/0`)];

  expect(found.map((one) => one.token)).toEqual([token, '://:s3cret@']);
});

test('for logs and state only tokens are looked for, not addresses', () => {
  expect(findTokens('push with ghp_0123456789abcdefghijABCDEFGHIJ012345')).toBe(true);
  expect(
    findTokens('push to https://joe:s3cret@github.com with ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'),
  ).toBe(false);
});

test('texts made to be slow are searched to their end', () => {
  const pieces = [
    'eyJ',
    'sk-',
    'sk-ant-',
    'a',
    '://',
    '://a',
    'xoxb-',
    'M',
    'ghp_',
    '-----BEGIN ',
    'eyJaaaaaaaaaaa.',
    '://a:',
    '_',
    'sk-ant-a',
  ];
  for (const piece of pieces) {
    const text = piece.repeat(Math.ceil((1 << 20) / piece.length));
    expect(findSecretPatterns(`${text} AKIAABCDEFGHIJKLMNOP`)).toBe(true);
  }
});
