import fc from 'fast-check';
import { list, quoted, scalar } from '../../../src/agent/yaml/build.ts';
import { implicitType, keyIdentity, scalarValue } from '../../../src/agent/yaml/resolve-scalar.ts';
import type { YamlMap, YamlNode, YamlScalar } from '../../../src/agent/yaml/yaml-node.ts';
import { anyText, spelling } from './arbitraries.ts';

/** A scalar as it would be read from a file: any type, with the file's spelling. */
const spelled: fc.Arbitrary<YamlScalar> = spelling.map((source) => {
  const type = implicitType(source);
  if (type === 'merge' || type === 'value' || type === 'yaml') return quoted(source);
  const value = scalarValue(type, source);
  return value === undefined ? quoted(source) : { ...scalar(null), type, value, source, plain: true };
});

/** As `spelled`, but as if a tag had made the type, so that the spelling alone would be read as another one. */
const tagged: fc.Arbitrary<YamlScalar> = fc
  .tuple(fc.constantFrom('integer', 'float', 'null', 'boolean', 'timestamp'), spelling)
  .map(([type, source]) => {
    const value = scalarValue(type as YamlScalar['type'], source);
    return value === undefined
      ? scalar(source)
      : { ...scalar(null), type: type as YamlScalar['type'], value, source, plain: false };
  });

export const anyScalar: fc.Arbitrary<YamlScalar> = fc.oneof(
  { weight: 3, arbitrary: spelled },
  { weight: 1, arbitrary: tagged },
  { weight: 4, arbitrary: anyText.map(scalar) },
  { weight: 2, arbitrary: anyText.map(quoted) },
  { weight: 1, arbitrary: fc.bigInt().map(scalar) },
  { weight: 1, arbitrary: fc.double().map(scalar) },
  { weight: 1, arbitrary: fc.constantFrom(true, false, null).map(scalar) },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.constantFrom('a', ' b', '', 'c ', '# d', '\te', '- f', 'g: h'), { maxLength: 5 })
      .map((lines) => scalar(lines.join('\n'))),
  },
);

/** A whole tree: nested maps and lists, empty ones too, keys of every type, no key twice. */
export const { tree } = fc.letrec<{ node: YamlNode; tree: YamlMap }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 5, arbitrary: anyScalar },
    { weight: 2, arbitrary: fc.array(tie('node'), { maxLength: 4 }).map(list) },
    { weight: 3, arbitrary: tie('tree') },
  ),
  tree: fc
    .uniqueArray(fc.record({ key: fc.oneof(anyText.map(scalar), anyScalar), value: tie('node') }), {
      maxLength: 5,
      selector: ({ key }) => keyIdentity(key),
    })
    .map((entries): YamlMap => ({ kind: 'map', entries, line: 0, column: 0 })),
}));
