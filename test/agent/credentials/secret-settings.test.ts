import { expect, test } from 'vitest';
import { isSecretSetting } from '../../../src/agent/credentials/secret-kinds.ts';

test.each([
  ['smtp.pass', 'abcdefgh'],
  ['db.pwd', 'abcdefgh'],
  ['db.pw', 'abcdefgh'],
  ['service.key', 'Key-5566-abc'],
  ['service.auth', 'user:Auth-7788'],
  ['http.authorization', 'Bearer abcdefgh'],
  ['http.cookie', 'sid=abcdefgh'],
  ['service.db_password_prod', 'abcdefgh'],
  ['api_key_2', 'abcdefgh'],
  ['password2', 'abcdefgh'],
  ['token.prod', 'abcdefgh'],
  ['webhook.url', 'https://hooks.example.org/abc'],
  ['webhooks.0', 'https://hooks.example.org/abc'],
  ['slack_webhooks.ops', 'https://hooks.example.org/abc'],
  ['odbc', 'Server=x;Pwd=abcdefgh;'],
  ['db', 'jdbc:postgresql://db/x?user=app&password=abcdefgh'],
  ['db.host', 'joe:abcdefgh@db.example.org'],
  ['git_url', `https://${'0123456789abcdef'.repeat(2)}01234567@github.com/me/shop.git`],
  ['secrets.stripe', 'abcdefgh'],
])('%s: %s is a secret', (path, value) => {
  expect(isSecretSetting(path.split('.'), value, true)).toBe(true);
});

test.each([
  ['tests.pass', 'all of them'],
  ['shell.pwd', '/srv/app'],
  ['primary.key', 'project_name'],
  ['cache.key', 'user-settings-v2'],
  ['http.auth', 'basic'],
  ['http.cookie', 'sessionid'],
  ['webhooks.events', 'push'],
  ['docs', 'set password=VALUE there'.replace('=VALUE', ' = <value>')],
  ['git_url', 'https://github.com/me/shop.git'],
  ['git_url', 'ssh://git@github.com/me/shop.git'],
  ['image', 'node:20@sha256:abcdef'],
  ['contact', 'mailto:joe@example.org'],
  ['max_tokens', '4000'],
])('%s: %s is none', (path, value) => {
  expect(isSecretSetting(path.split('.'), value, true)).toBe(false);
});

test('a number is a secret under the name of a password, or when it is long', () => {
  expect(isSecretSetting(['db', 'password'], '1234', false)).toBe(true);
  expect(isSecretSetting(['bot', 'token'], '12345678', false)).toBe(true);
  expect(isSecretSetting(['bot', 'token'], '1234', false)).toBe(false);
  expect(isSecretSetting(['tests', 'pass'], '12345678', false)).toBe(false);
});
