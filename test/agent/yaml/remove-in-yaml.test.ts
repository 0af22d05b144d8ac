import fc from 'fast-check';
import { expect, it } from 'vitest';
import { leavesOf, nodeAt, sameValue } from '../../../src/agent/yaml/leaves.ts';
import { readYaml } from '../../../src/agent/yaml/read-yaml.ts';
import { removeInYaml } from '../../../src/agent/yaml/remove-in-yaml.ts';
import { yamlFile } from './yaml-texts.ts';

const TEXT = `# mine
a: 1   # one
# about b
b:
  c: [1, 2]
  d: |
    text

    more
  e: {f: 1, g: 2}
last: x
# the end
`;

it.each([
  [['a'], TEXT.replace('a: 1   # one\n', '')],
  [['b', 'c'], TEXT.replace('  c: [1, 2]\n', '')],
  [['b', 'd'], TEXT.replace('  d: |\n    text\n\n    more\n', '')],
  [['last'], TEXT.replace('last: x\n', '')],
  [['b'], TEXT.replace(/b:\n[\s\S]+(?=last)/, '')],
  [['nothing', 'here'], TEXT],
  [['b', 'c', '0'], TEXT],
])('cuts out %j and leaves all other lines', (path, wanted) => {
  expect(removeInYaml(TEXT, [path])).toBe(wanted);
});

it('writes the next larger part anew where a line holds more than what goes, or an anchor is used elsewhere', () => {
  expect(removeInYaml(TEXT, [['b', 'e', 'f']])).toBe(
    TEXT.replace('{f: 1, g: 2}', '{ g: 2 }').replace('e: { g: 2 }', 'e:\n    g: 2'),
  );
  const shared = readYaml(Buffer.from(removeInYaml('a: &x {n: 1}\nb: *x\n', [['a']]))).root;
  expect(shared && leavesOf(shared).map(({ path }) => path)).toEqual([['b', 'n']]);
});

it('removes what it was told and nothing else, whatever the text', () => {
  fc.assert(
    fc.property(yamlFile, fc.nat(), (text, pick) => {
      const before = readYaml(Buffer.from(text)).root;
      if (before?.kind !== 'map') return;
      const leaves = leavesOf(before).filter(({ path }) => path.length > 0 && isInMaps(before, path));
      const gone = leaves[pick % Math.max(1, leaves.length)];
      if (gone === undefined) return;

      const after = readYaml(Buffer.from(removeInYaml(text, [gone.path]))).root;

      const left = after === undefined ? [] : leavesOf(after);
      for (const { path, node } of leaves.filter(
        (leaf) => leaf !== gone && leaf.path.join('\0') !== gone.path.join('\0'),
      )) {
        const there = after && nodeAt(after, path);
        expect(there && sameValue(there, node), path.join('.')).toBe(true);
      }
      expect(left.length).toBeGreaterThanOrEqual(leaves.length - 1 - twins(leaves, gone.path));
    }),
    { numRuns: 200 },
  );
});

function isInMaps(root: Parameters<typeof nodeAt>[0], path: readonly string[]): boolean {
  return path.every((_, depth) => nodeAt(root, path.slice(0, depth))?.kind === 'map');
}

function twins(leaves: readonly { path: readonly string[] }[], path: readonly string[]): number {
  return leaves.filter((leaf) => leaf.path.join('\0') === path.join('\0')).length - 1;
}
