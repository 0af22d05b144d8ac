import fc from 'fast-check';
import { expect, test } from 'vitest';
import { list, map, quoted, scalar } from '../../../src/agent/yaml/build.ts';
import { leavesOf, nodeAt, plainValue, sameValue } from '../../../src/agent/yaml/leaves.ts';
import { setInYaml } from '../../../src/agent/yaml/merge-yaml.ts';
import { readYaml } from '../../../src/agent/yaml/read-yaml.ts';
import type { YamlNode } from '../../../src/agent/yaml/yaml-node.ts';
import { AppError } from '../../../src/shared/errors.ts';
import { startPyYaml } from './oracle.ts';
import { typed } from './pyyaml.ts';
import { yamlFile } from './yaml-texts.ts';
import { tree } from './yaml-trees.ts';

const python = startPyYaml();

const CONFIG = `# My configuration
version: '1.0'   # do not touch

global:
    default_mode: blocking # careful
    octal: 022
    ids: [1, 0x2,  3]


    # about the level
    log_level:   INFO

discord: {enabled: no, guild_id: 1234567890123456789}
empty:
text: |
  kept

   as it is
items:
- one   # first
- name: two
  n: 1:30
last: "x"
# the end
`;

function change(text: string, path: string[], node: YamlNode): string {
  return setInYaml(text, [{ path, node }]);
}

/** The lines that are new and those that are gone. */
function difference(before: string, after: string): { added: string[]; removed: string[] } {
  const old = before.split('\n');
  const now = after.split('\n');
  return {
    added: now.filter((line) => !old.includes(line)),
    removed: old.filter((line) => !now.includes(line)),
  };
}

test('No changes, and changes to what is there already, give exactly the same text back.', () => {
  expect(setInYaml(CONFIG, [])).toBe(CONFIG);
  expect(change(CONFIG, ['global', 'octal'], scalar(18n))).toBe(CONFIG);
  expect(change(CONFIG, ['version'], quoted('1.0'))).toBe(CONFIG);
  expect(change(CONFIG, ['global', 'ids'], list([1, 2, 3]))).toBe(CONFIG);
});

test.each<[string, string[], YamlNode, string[], string[]]>([
  [
    'a value with a comment',
    ['global', 'default_mode'],
    scalar('partial'),
    ['    default_mode: partial # careful'],
    ['    default_mode: blocking # careful'],
  ],
  [
    'an aligned value',
    ['global', 'log_level'],
    scalar('DEBUG'),
    ['    log_level:   DEBUG'],
    ['    log_level:   INFO'],
  ],
  [
    'a quoted value',
    ['version'],
    quoted('2.0'),
    ['version: "2.0"   # do not touch'],
    ["version: '1.0'   # do not touch"],
  ],
  ['a new key of a nested map', ['global', 'added'], scalar(true), ['    added: true'], []],
  ['a new key at the top', ['added'], scalar('x'), ['added: x'], []],
  ['a key of missing maps', ['a', 'b', 'c'], scalar(1), ['a:', '  b:', '    c: 1'], []],
  [
    'a value in braces',
    ['discord', 'enabled'],
    scalar(true),
    ['discord: {enabled: true, guild_id: 1234567890123456789}'],
    ['discord: {enabled: no, guild_id: 1234567890123456789}'],
  ],
  [
    'a new key in braces',
    ['discord', 'prefix'],
    scalar('aw'),
    ['discord: {enabled: no, guild_id: 1234567890123456789, prefix: "aw"}'],
    ['discord: {enabled: no, guild_id: 1234567890123456789}'],
  ],
  ['a map in place of nothing', ['empty', 'x'], scalar(1), ['  x: 1'], []],
  ['a text in place of nothing', ['empty'], scalar('x'), ['empty: x'], ['empty:']],
  ['block text', ['text'], scalar('short'), ['text: short'], ['text: |', '  kept', '   as it is']],
  ['an item of a list', ['items', '0'], scalar('uno'), ['- uno   # first'], ['- one   # first']],
  ['a key of an item', ['items', '1', 'n'], scalar(5), ['  n: 5'], ['  n: 1:30']],
  ['a new key of an item', ['items', '1', 'm'], scalar(5), ['  m: 5'], []],
  ['a new item', ['items', '2'], scalar('three'), ['- three'], []],
  [
    'a list by a text',
    ['items'],
    scalar('none'),
    ['items: none'],
    ['items:', '- one   # first', '- name: two', '  n: 1:30'],
  ],
  ['the last value', ['last'], map({ y: 1 }), ['last:', '  y: 1'], ['last: "x"']],
])('Setting %s changes these lines only.', async (_, path, node, added, removed) => {
  const after = change(CONFIG, path, node);

  expect(difference(CONFIG, after)).toEqual({ added, removed });
  const { root } = readYaml(Buffer.from(after));
  expect(sameValue(nodeAt(root as YamlNode, path) as YamlNode, node)).toBe(true);
  expect(await python.load(after)).toEqual(typed(root as YamlNode));
});

test('Several changes are made one after the other.', () => {
  const after = setInYaml('a: 1\n', [
    { path: ['b', 'c'], node: scalar('x') },
    { path: ['b', 'd'], node: list([]) },
    { path: ['a'], node: scalar(2) },
  ]);

  expect(after).toBe('a: 2\nb:\n  c: x\n  d: []\n');
});

test.each([
  ['', 'k: v\n'],
  ['# only a comment\n', '# only a comment\nk: v\n'],
  ['# no line end', '# no line end\nk: v\n'],
  ['---\n', '---\nk: v\n'],
  ['# head\n{}\n', '# head\nk: v\n'],
  ['a: 1', 'a: 1\nk: v'],
  ['a: 1\r\nb: 2\r\n', 'a: 1\r\nb: 2\r\nk: v\r\n'],
  ['\u{feff}a: 1\n', '\u{feff}a: 1\nk: v\n'],
  ['a: 1\n...\n', 'a: 1\nk: v\n...\n'],
  ['a: 1\n# after\n', 'a: 1\nk: v\n# after\n'],
  ['a:\n  - b # c\n', 'a:\n  - b # c\nk: v\n'],
  ['k:\na: 1\n', 'k: v\na: 1\n'],
  ['k: # note\n  a: 1 # x\n  b: 2\nz: 1\n', 'k: v # note\nz: 1\n'],
  ['k: 1\nk: 2\n', 'k: 1\nk: v\n'],
  ['"k" : "two\n  lines" # c\n', '"k" : v # c\n'],
  ['? k\n: 1\n', '? k\n: v\n'],
  ['x: &x {k: 1}\n<<: *x\n', 'x: &x {k: 1}\n<<: *x\nk: v\n'],
])('Setting a key in %j gives %j.', (before, after) => {
  expect(change(before, ['k'], scalar('v'))).toBe(after);
});

test('A value behind an alias is changed for its key only.', () => {
  const before = '# head\nx: &x {a: 1}\ny: *x # same\n';

  const after = change(before, ['y', 'a'], scalar(2));

  expect(after).toBe('# head\nx: &x {a: 1}\ny: # same\n  a: 2\n');
});

test('A value that others use by an alias is changed alone, at the price of the layout.', () => {
  const after = change('x: &x {a: 1}\ny: *x\n', ['x', 'a'], scalar(2));

  expect(plainValue(readYaml(Buffer.from(after)).root as YamlNode)).toEqual({ x: { a: 2n }, y: { a: 1n } });
});

test.each([
  ['a: [1\n', ['a'], /line \d+: /],
  ['- a\n', ['a'], /a list/],
  ['a: text\n', ['a', 'b'], /line 1: "a" is not a map/],
  ['a: [1]\n', ['a', 'b'], /line 1: "a" is not a map/],
])('The text %j is not edited at %j.', (text, path, reason) => {
  let error: unknown;
  try {
    setInYaml(text, [{ path, node: scalar(1) }], 'config.yaml');
  } catch (thrown) {
    error = thrown;
  }

  expect(error).toBeInstanceOf(AppError);
  expect(error).toMatchObject({ code: 'TARGET_DAMAGED', file: 'config.yaml' });
  expect((error as AppError).message).toMatch(reason);
});

test('In any file, a change gives what is wanted and leaves the rest, and PyYAML agrees.', async () => {
  const readable = yamlFile.filter((file) => readYaml(Buffer.from(file)).root?.kind === 'map');
  await fc.assert(
    fc.asyncProperty(
      readable,
      tree,
      fc.nat(),
      fc.constantFrom('leaf', 'parent', 'new'),
      async (file, value, pick, place) => {
        const root = readYaml(Buffer.from(file)).root as YamlNode;
        const leaves = leavesOf(root).filter(({ path }) => path.length > 0);
        const leaf = leaves[pick % leaves.length]?.path ?? ['k'];
        const parent = leaf.slice(0, -1);
        const isMap = nodeAt(root, parent)?.kind === 'map';
        const path =
          place === 'leaf'
            ? leaf
            : place === 'parent' && parent.length > 0
              ? parent
              : isMap
                ? [...parent, 'new key']
                : leaf;
        const node = value.entries[0]?.value ?? scalar('v');

        const after = setInYaml(file, [{ path, node }]);

        const now = readYaml(Buffer.from(after)).root as YamlNode;
        expect(await python.load(after)).toEqual(typed(now));
        expect(sameValue(nodeAt(now, path) as YamlNode, node)).toBe(true);
        for (const other of leaves) {
          if (
            path.every((key, at) => other.path[at] === key) ||
            other.path.every((key, at) => path[at] === key)
          )
            continue;
          expect(sameValue(nodeAt(now, other.path) as YamlNode, nodeAt(root, other.path) as YamlNode)).toBe(
            true,
          );
        }
      },
    ),
    { numRuns: 1000 },
  );
});

test.each([
  [
    'lines',
    'a: 1\nprojects:\n  x: 1  # mine\n# the end\n',
    'a: 1\nprojects:\n  x: 1  # mine\n  p: 1\n  q: 2\n# the end\n',
  ],
  ['brackets', 'projects: {x: 1}  # mine\n', 'projects: {x: 1, p: 1, q: 2}  # mine\n'],
  ['nothing', 'a: 1\n', 'a: 1\nprojects:\n  p: 1\n  q: 2\n'],
  ['empty brackets', 'projects: {}  # mine\n', 'projects:  # mine\n  p: 1\n  q: 2\n'],
  [
    'a merged map',
    'b: &b {x: 1}\nprojects:\n  <<: *b\n',
    'b: &b {x: 1}\nprojects:\n  <<: *b\n  p: 1\n  q: 2\n',
  ],
])('Several new entries of one map are added to %s together.', (_, before, after) => {
  const changes = ['p', 'q'].map((key, index) => ({ path: ['projects', key], node: scalar(index + 1) }));
  expect(setInYaml(before, changes)).toBe(after);
});
