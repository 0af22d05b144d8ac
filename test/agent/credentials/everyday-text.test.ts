import { expect, test } from 'vitest';
import { isEverydayText, looksRandom } from '../../../src/agent/credentials/everyday-text.ts';
import { tokenShapes } from '../../fixtures/canaries.ts';

test.each([
  'webshop',
  'correct-horse-battery',
  'claude-3-5-sonnet-20241022',
  '1234567890123456789',
  '/srv/work/api',
  '~/work/shop2go',
  'https://api.example.org',
  'redis://localhost:6379/0',
  'me@company.com',
  'db1.example.org',
])('%s is everyday text', (value) => {
  expect(isEverydayText(value)).toBe(true);
  expect(looksRandom(value)).toBe(false);
});

test.each(['hunter2-abcdef', 'p4ssw0rd', 'Tr0ub4dor&3', 'postgres://u:p@h/d', 'x'.repeat(32), 'a b 7c'])(
  '%s is not',
  (value) => {
    expect(isEverydayText(value)).toBe(false);
  },
);

test('tokens look random', () => {
  for (const value of [
    tokenShapes.plain('x'),
    tokenShapes.github('x'),
    'Key-5566-abc',
    '0123456789abcdef0123',
  ])
    expect(looksRandom(value)).toBe(true);
});
