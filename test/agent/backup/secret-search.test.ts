import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SecretSearch } from '../../../src/agent/backup/secret-search.ts';
import { Secret } from '../../../src/shared/secret.ts';

test('A secret is found wherever the bytes around it are cut into pieces', () => {
  const values = [
    'sk-canary-1234567890',
    'short6',
    'a longer secret that spans several little pieces of a file',
  ];
  const search = new SecretSearch(values.map((value) => new Secret('X', value)));
  fc.assert(
    fc.property(
      fc.constantFrom(...values),
      fc.string({ maxLength: 40 }),
      fc.string({ maxLength: 40 }),
      fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 60 }),
      (value, before, after, lengths) => {
        const bytes = Buffer.from(before + value + after);
        search.start();
        let found = false;
        for (let at = 0, n = 0; at < bytes.length; n++) {
          const length = lengths[n % lengths.length]!;
          found = search.next(bytes.subarray(at, at + length)) || found;
          at += length;
        }
        expect(found).toBe(true);
      },
    ),
    { numRuns: 300 },
  );
});

test('A secret is not seen where the end of one file and the start of the next would make it', () => {
  const search = new SecretSearch([new Secret('X', 'abcdefgh')]);
  search.start();
  const first = search.next(Buffer.from('....abcd'));
  search.start();
  const second = search.next(Buffer.from('efgh....'));
  expect([first, second]).toEqual([false, false]);
});

test.each([
  ['12345', false],
  ['abcde', false],
  ['123456789', false],
  ['1234567890', true],
  ['abc123', true],
])('The value %s is looked for: %s', (value, looked) => {
  const search = new SecretSearch([new Secret('X', value)]);
  expect(search.isIn(Buffer.from(`before ${value} after`))).toBe(looked);
});

test('Without any secret nothing is found', () => {
  const search = new SecretSearch([]);
  expect(search.next(Buffer.from('anything'))).toBe(false);
});

test('The search says the same as looking for each value alone', () => {
  const letter = fc.constantFrom(0x61, 0x62, 0xff);
  const values = fc.array(fc.array(letter, { minLength: 6, maxLength: 12 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(values, fc.array(letter, { maxLength: 400 }), (lists, text) => {
      const buffers = lists.map((list) => Buffer.from(list));
      const search = new SecretSearch(buffers.map((value) => new Secret('X', value)));
      const bytes = Buffer.from(text);
      expect(search.isIn(bytes)).toBe(buffers.some((value) => bytes.includes(value)));
    }),
    { numRuns: 500 },
  );
});

test('A secret longer than a piece of a file is found', () => {
  const value = Buffer.alloc(5000, 'long secret ');
  const search = new SecretSearch([new Secret('KEY', value), new Secret('B', 'another')]);
  const file = Buffer.concat([Buffer.alloc(700, '.'), value, Buffer.alloc(10)]);
  search.start();
  const found = [];
  for (let at = 0; at < file.length; at += 1000) found.push(search.next(file.subarray(at, at + 1000)));
  expect(found).toContain(true);
});
