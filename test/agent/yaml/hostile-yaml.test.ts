import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { readYaml } from '../../../src/agent/yaml/read-yaml.ts';
import { tokenSoup, yamlFile } from './yaml-texts.ts';

const folder = mkdtempSync(join(tmpdir(), 'hostile-yaml-'));
afterAll(() => rmSync(folder, { recursive: true }));

function codeOf(text: string): string | undefined {
  const { root, problems } = readYaml(Buffer.from(text));
  expect(root).toBeUndefined();
  return problems.find(({ level }) => level === 'error')?.code;
}

test('A tag that asks Python to run a command runs nothing.', () => {
  const mark = join(folder, 'ran');

  expect(codeOf(`a: !!python/object/apply:os.system ["touch ${mark}"]\n`)).toBe('unknown-tag');
  expect(codeOf(`a: !<tag:yaml.org,2002:python/object/new:os.system> ["touch ${mark}"]\n`)).toBe(
    'unknown-tag',
  );
  expect(readdirSync(folder)).toEqual([]);
});

test('A billion laughs are refused, by aliases and by merge keys.', () => {
  const lists = ['a0: &a0 [x, x, x, x, x, x, x, x, x]'];
  const maps = ['m0: &m0 {k: 1}'];
  for (let level = 1; level < 12; level++) {
    lists.push(
      `a${level}: &a${level} [${Array(9)
        .fill(`*a${level - 1}`)
        .join(', ')}]`,
    );
    maps.push(
      `m${level}: &m${level} {<<: [${Array(9)
        .fill(`*m${level - 1}`)
        .join(', ')}]}`,
    );
  }

  expect(codeOf(lists.join('\n'))).toBe('too-many-aliases');
  expect(codeOf(maps.join('\n'))).toBe('too-many-aliases');
});

test.each([
  ['brackets', '['.repeat(10_000)],
  ['closed brackets', '['.repeat(10_000) + ']'.repeat(10_000)],
  ['braces', '{a: '.repeat(10_000)],
  ['dashes', '- '.repeat(10_000)],
  ['question marks', '? '.repeat(10_000)],
  ['lines', Array.from({ length: 2000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
  [
    'aliases',
    `${Array.from({ length: 300 }, (_, level) => `a${level}: &a${level} [${level ? `*a${level - 1}` : ''}]`).join('\n')}\n`,
  ],
])('Deep nesting of %s is refused.', (_, text) => {
  expect(['too-deep', 'syntax']).toContain(codeOf(text));
});

test('200 levels are read, 202 are not.', () => {
  const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}\n`;

  expect(readYaml(Buffer.from(nested(200))).root).toBeDefined();
  expect(codeOf(nested(202))).toBe('too-deep');
});

test.each([
  ['one letter', 'a'],
  ['open brackets', '[a, '],
  ['colons', 'a: '],
  ['quotes', '"\\" '],
  ['single quotes', "'a"],
  ['backslashes', '"\\\\'],
  ['lines of quotes', '"\n'],
  ['anchors', '&a '],
  ['tags', '!a '],
  ['comments', '#\n'],
  ['spaces', ' '],
  ['carriage returns', '\r'],
  ['block headers', '|\n'],
  ['merge keys', '<<: {a: 1}\n'],
  ['dashed lines', '- - a\n'],
  ['unindented lines in brackets', ' a: [\nb,\n'],
  ['binary', '\u0000\u0001\u00ff'],
])('A megabyte of %s is answered.', (_, piece) => {
  const { root, problems } = readYaml(Buffer.from(piece.repeat(2 ** 20 / piece.length)));

  expect(root !== undefined || problems.length > 0).toBe(true);
});

test('Any bytes are answered with a tree or with a problem that has a place, and never with an exception.', () => {
  const files = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.string({ unit: 'binary', maxLength: 100 }).map((text) => Buffer.from(text)),
    tokenSoup.map((text) => Buffer.from(text)),
    fc.tuple(yamlFile, fc.nat(), fc.nat(255)).map(([text, at, byte]) => {
      const bytes = Buffer.from(text);
      bytes[at % bytes.length] = byte;
      return bytes;
    }),
  );
  fc.assert(
    fc.property(files, (bytes) => {
      const { root, problems } = readYaml(Buffer.from(bytes));

      expect(root !== undefined || problems.length > 0).toBe(true);
      for (const { line, column, message, fix } of problems) {
        expect(line).toBeGreaterThan(0);
        expect(column).toBeGreaterThan(0);
        expect(message.length * fix.length).toBeGreaterThan(0);
      }
    }),
    { numRuns: 3000 },
  );
});

test.each([
  'token: *HUNTER2\n',
  'token: &HUNTER2 [x\n',
  'token: !HUNTER2 x\n',
  'token: "HUNTER2\n',
  'token: HUNTER2: x\n',
  'token: @HUNTER2\n',
  'token: "\\HUNTER2"\n',
  'token: HUNTER2\t\n',
  'token: [HUNTER2?]\n',
  'token: HUNTER2\n HUNTER2: 1\nHUNTER2',
  'token: "HUNTER2" HUNTER2\n',
  'token: {HUNTER2: x: y}\n',
  '%HUNTER2 x\n---\n',
])('No message about %j repeats what may be a secret.', (text) => {
  const { problems } = readYaml(Buffer.from(text));

  expect(problems).not.toEqual([]);
  expect(JSON.stringify(problems)).not.toContain('HUNTER2');
});
