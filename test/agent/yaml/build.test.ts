import { expect, test } from 'vitest';
import { list, map, quoted, scalar } from '../../../src/agent/yaml/build.ts';
import { plainValue } from '../../../src/agent/yaml/leaves.ts';

test('Numbers become integers or floats as a person would write them.', () => {
  const spellings = [5, -3, 0.5, 1e21, 1e-7, -0, Infinity, -Infinity, Number.NaN, 2 ** 60].map((value) => {
    const { type, source } = scalar(value);
    return `${type} ${source}`;
  });

  expect(spellings).toEqual([
    'integer 5',
    'integer -3',
    'float 0.5',
    'float 1.0e+21',
    'float 1.0e-7',
    'float -0.0',
    'float .inf',
    'float -.inf',
    'float .nan',
    'float 1152921504606847000.0',
  ]);
});

test('Maps and lists take values or nodes, and leave undefined out.', () => {
  const node = map({ a: 1, b: undefined, c: list(['x', null, quoted('y')]), d: map({}) });

  expect(plainValue(node)).toEqual({ a: 1n, c: ['x', null, 'y'], d: {} });
});
