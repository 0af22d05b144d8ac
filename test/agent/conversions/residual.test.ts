import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { residual } from '../../../src/agent/conversions/residual.ts';
import { leavesOf, nodeAt } from '../../../src/agent/yaml/leaves.ts';
import { readYaml } from '../../../src/agent/yaml/read-yaml.ts';
import { writeYaml } from '../../../src/agent/yaml/write-yaml.ts';
import type { YamlMap } from '../../../src/agent/yaml/yaml-node.ts';
import { tree } from '../yaml/yaml-trees.ts';

describe('what is left of a tree', () => {
  it.each<readonly [string, readonly string[], string | undefined]>([
    ['a: 1\nb: 2\n', ['b'], 'b: 2\n'],
    ['a: {b: {c: 1}}\n', [], undefined],
    ['a: {}\nb: []\n', ['a', 'b'], 'a: {}\nb: []\n'],
    ['l: [1, 2, 3]\n', ['l.1'], 'l:\n  - null\n  - 2\n  - null\n'],
    ['l: [1, 2]\n', [], undefined],
    [
      'l:\n- {name: one, token: x}\n- {name: two, keep: 1}\n',
      ['l.1.keep'],
      'l:\n  - name: one\n  - name: two\n    keep: 1\n',
    ],
    ['l: [{token: x}, {a: 1}]\n', ['l.1.a'], 'l:\n  - {}\n  - a: 1\n'],
  ])('%j, of which %j stays, is %j', (text, kept, expected) => {
    const root = readYaml(Buffer.from(text)).root!;

    const left = residual(
      root,
      [],
      (path) => kept.includes(path.join('.')),
      () => false,
    );

    expect(left && writeYaml(left as YamlMap)).toBe(expected);
  });

  it('does not repeat a name that is a secret', () => {
    const root = readYaml(Buffer.from('l:\n- {name: canary-name, port: 1}\n- {name: fine, gone: 1}\n')).root!;

    const left = residual(
      root,
      [],
      (path) => path.at(-1) === 'port',
      (path) => path.join('.') === 'l.0.name',
    );

    expect(writeYaml(left as YamlMap)).toBe('l:\n  - port: 1\n  - name: fine\n');
  });

  it('has every leaf that stays at its own path, with its own value', () => {
    fc.assert(
      fc.property(tree, fc.func(fc.boolean()), (root, choose) => {
        // Settings files with two keys that only their types tell apart are not converted.
        fc.pre(leavesOf(root).every(({ path, node }) => nodeAt(root, path) === node));
        const keep = (path: readonly string[]) => choose(path.join('\0'));
        const kept = leavesOf(root).filter(({ path }) => keep(path));

        const left = residual(root, [], keep, () => false);

        expect(left === undefined).toBe(kept.length === 0);
        for (const { path } of kept) expect(nodeAt(left!, path)).toBe(nodeAt(root, path));
      }),
    );
  });
});
