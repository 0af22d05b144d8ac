import fc from 'fast-check';
import { expect, test } from 'vitest';
import { list, map, quoted, scalar } from '../../../src/agent/yaml/build.ts';
import { sameValue } from '../../../src/agent/yaml/leaves.ts';
import { readYaml } from '../../../src/agent/yaml/read-yaml.ts';
import { writeYaml } from '../../../src/agent/yaml/write-yaml.ts';
import type { YamlMap, YamlNode } from '../../../src/agent/yaml/yaml-node.ts';
import { anyText } from './arbitraries.ts';
import { startPyYaml } from './oracle.ts';
import { typed } from './pyyaml.ts';
import { yamlFile } from './yaml-texts.ts';
import { anyScalar, tree } from './yaml-trees.ts';

const python = startPyYaml();

test('PyYAML reads every written tree back with the same values, types and order.', async () => {
  await fc.assert(
    fc.asyncProperty(tree, async (root) => {
      expect(await python.load(writeYaml(root))).toEqual(typed(root));
    }),
    { numRuns: 2000 },
  );
});

test('PyYAML reads every written scalar back, as a value, as a key and in a list.', async () => {
  await fc.assert(
    fc.asyncProperty(anyScalar, async (value) => {
      const root: YamlMap = { ...map({ a: value, b: [value].length === 1 ? list([value, value]) : null }) };
      const keyed: YamlMap = { ...root, entries: [{ key: value, value }] };

      expect(await python.load(writeYaml(root))).toEqual(typed(root));
      expect(await python.load(writeYaml(keyed))).toEqual(typed(keyed));
    }),
    { numRuns: 3000 },
  );
});

test('What was read from a file and written again means the same to us.', () => {
  fc.assert(
    fc.property(yamlFile, (file) => {
      const { root } = readYaml(Buffer.from(file));
      if (root?.kind !== 'map') return;
      const again = readYaml(Buffer.from(writeYaml(root)));

      expect(again.problems).toEqual([]);
      expect(sameValue(again.root as YamlNode, root)).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

test('A comment of any text at the top changes no value.', async () => {
  await fc.assert(
    fc.asyncProperty(anyText, async (comment) => {
      expect(await python.load(writeYaml(map({ a: 1 }), { comment }))).toEqual([
        'map',
        [
          [
            ['text', 'a'],
            ['integer', '0x1'],
          ],
        ],
      ]);
    }),
    { numRuns: 500 },
  );
});

test('A file is block style with two spaces, quotes only where they are needed, and spellings kept.', () => {
  const file =
    'octal: 022\ntime: 1:30\nhex: 0x1F\nbig: 1234567890123456789\nhuge: 1.0e+400\nday: 2024-01-15\nempty:\n';
  const read = readYaml(Buffer.from(file)).root as YamlMap;

  const text = writeYaml(
    map({
      version: quoted('1.0'),
      text: 'plain text, of course',
      looks_like: list(['yes', '022', '1e3', '1:30', '', 'null', '- x', 'a: b', 'a #b', '@x', '%x', '~']),
      kept: read,
      none: map({}),
      nothing: list([]),
      nested: list([map({ a: 1, b: list([true, null]) }), list([0.5])]),
      story: 'first line\n\n  second line\n',
      skipped: undefined,
    }),
    { comment: 'Written by a test.\nTwo lines.' },
  );

  expect(text).toBe(
    `# Written by a test.
# Two lines.
version: "1.0"
text: plain text, of course
looks_like:
  - "yes"
  - "022"
  - 1e3
  - "1:30"
  - ""
  - "null"
  - "- x"
  - "a: b"
  - "a #b"
  - "@x"
  - "%x"
  - "~"
kept:
  octal: 022
  time: 1:30
  hex: 0x1F
  big: 1234567890123456789
  huge: 1.0e+400
  day: 2024-01-15
  empty: null
none: {}
nothing: []
nested:
  - a: 1
    b:
      - true
      - null
  -
    - 0.5
story: |
  first line

    second line
`.replace('  -\n    - 0.5', '  - - 0.5'),
  );
});

test('An empty map is a file that PyYAML reads as an empty map.', async () => {
  expect(await python.load(writeYaml(map({})))).toEqual(['map', []]);
});

test('Keys too long for one line, and keys that are no text, survive.', async () => {
  const root: YamlMap = {
    ...map({ ['k'.repeat(1500)]: map({ a: 1 }), ['é\n"'.repeat(400)]: list(['x']) }),
  };
  const keys = [scalar(5n), scalar(true), scalar(null), scalar(1.5), scalar('5')];
  const all: YamlMap = {
    ...root,
    entries: [...root.entries, ...keys.map((key) => ({ key, value: scalar('v') }))],
  };

  expect(await python.load(writeYaml(all))).toEqual(typed(all));
});
