import { expect, test } from 'vitest';
import { leavesOf, nodeAt, plainValue } from '../../../src/agent/yaml/leaves.ts';
import { readYaml } from '../../../src/agent/yaml/read-yaml.ts';
import type { YamlNode } from '../../../src/agent/yaml/yaml-node.ts';
import { ours, startPyYaml, theirs } from './oracle.ts';

const python = startPyYaml();

function read(text: string | Buffer, options = {}) {
  return readYaml(Buffer.from(text as string), options);
}

function firstProblem(text: string | Buffer, options = {}) {
  const [problem] = read(text, options).problems;
  return problem === undefined
    ? undefined
    : { level: problem.level, code: problem.code, line: problem.line, column: problem.column };
}

function value(text: string): unknown {
  const { root } = read(text);
  return root === undefined ? undefined : plainValue(root);
}

test('An unquoted Discord id keeps its last digits.', () => {
  expect(value('guild_id: 1234567890123456789\n')).toEqual({ guild_id: 1234567890123456789n });
});

test.each([
  ['on', true],
  ['yes', true],
  ['Off', false],
  ['y', 'y'],
  ['n', 'n'],
  ['yEs', 'yEs'],
  ['022', 18n],
  ['0o22', '0o22'],
  ['08', '08'],
  ['0x1F', 31n],
  ['0b11', 3n],
  ['1_000', 1000n],
  ['1:30', 90n],
  ['1:30.5', 90.5],
  ['1e3', '1e3'],
  ['1.0e+3', 1000],
  ['.5', 0.5],
  ['-.5', '-.5'],
  ['1.', 1],
  ['.inf', Infinity],
  ['-.INF', -Infinity],
  ['.nan', Number.NaN],
  ['~', null],
  ['', null],
  ['NULL', null],
  ['2024-01-15T10:30:00', '2024-01-15T10:30:00'],
])('The plain scalar "%s" is read as PyYAML reads it.', (text, expected) => {
  expect(value(`key: ${text}\n`)).toEqual({ key: expected });
});

test('A scalar keeps its spelling, its type and its place.', () => {
  const { root } = read('a:\n  b: 022\n  c: "022"\n  d: 2024-01-15\n');

  expect(nodeAt(root as YamlNode, ['a', 'b'])).toEqual({
    kind: 'scalar',
    type: 'integer',
    value: 18n,
    source: '022',
    plain: true,
    line: 2,
    column: 6,
  });
  expect(nodeAt(root as YamlNode, ['a', 'c'])).toMatchObject({
    type: 'text',
    value: '022',
    plain: false,
    line: 3,
  });
  expect(nodeAt(root as YamlNode, ['a', 'd'])).toMatchObject({
    type: 'timestamp',
    value: '2024-01-15',
    line: 4,
  });
});

test.each([
  ['a syntax error', 'a: 1\nb: [1, 2\nc: 3\n', 'syntax', 2],
  ['a tag of Python', 'a: 1\nb: !!python/object/apply:os.system ["true"]\n', 'unknown-tag', 2],
  ['an own tag', 'a: !vault x\n', 'unknown-tag', 1],
  ['bytes', 'a: !!binary aGk=\n', 'unknown-tag', 1],
  ['a set', 'a: !!set {b, c}\n', 'unknown-tag', 1],
  ['a tab as indentation', 'a:\n\tb: 1\n', 'tab', 2],
  ['a tab after a value', 'a: 1\t# note\n', 'tab', 1],
  ['a tab after a colon', 'a:\t1\n', 'tab', 1],
  ['a second document', 'a: 1\n---\nb: 2\n', 'several-documents', 2],
  ['a list in itself', 'a: &a [*a]\n', 'recursive-alias', 1],
  ['a map merged into itself', 'a: &a\n  <<: *a\n', 'recursive-alias', 2],
  ['an alias without an anchor', 'a: *b\n', 'undefined-alias', 1],
  ['an anchor given twice', 'a: &x 1\nb: &x 2\n', 'duplicate-anchor', 2],
  ['a date that does not exist', 'a: 2024-02-30\n', 'timestamp', 1],
  ['a default value', 'a: =\n', 'bad-scalar', 1],
  ['a number without digits', 'a: 0x_\n', 'bad-scalar', 1],
  ['a merge of a text', 'a:\n  <<: text\n', 'bad-scalar', 2],
  ['a template placeholder', 'a: {{ name }}\n', 'unhashable-key', 1],
  ['a control character', 'a: "\u0007"\n', 'control-character', 1],
  ['a line separator', 'a: "x\u2028y"\n', 'line-separator', 1],
  ['an open quote', 'a: "x\nb: 1\n', 'syntax', 1],
  ['a colon in a value', 'a: b: c\n', 'syntax', 1],
  ['a reserved character', 'a: @b\n', 'syntax', 1],
])('A file with %s is refused with its line.', (_, text, code, line) => {
  const { root } = read(text);

  expect(root).toBeUndefined();
  expect(firstProblem(text)).toMatchObject({ level: 'error', code, line });
});

test('Latin-1 bytes are refused with line and column.', () => {
  const file = Buffer.concat([Buffer.from('a: 1\nname: Ren'), Buffer.from([0xe9]), Buffer.from('e\n')]);

  expect(read(file).root).toBeUndefined();
  expect(firstProblem(file)).toEqual({ level: 'error', code: 'not-utf-8', line: 2, column: 10 });
});

test.each(['', '\n', '# only a comment\n', '---\n', '--- # nothing\n', '\u{feff}'])(
  'The empty file %j is none to worry about.',
  (text) => {
    const { root, problems } = read(text, { expectMap: true });

    expect(root).toBeUndefined();
    expect(problems.map(({ level }) => level)).not.toContain('error');
    expect(problems.at(-1)).toMatchObject({ level: 'info', code: 'empty' });
  },
);

test.each([
  ['- a\n- b\n', 'a list'],
  ['text\n', 'a single value'],
])('A file that is no map (%j) is given with a finding where a map is expected.', (text, words) => {
  const { root, problems } = read(text, { expectMap: true });

  expect(root).toBeDefined();
  expect(problems).toMatchObject([{ level: 'error', code: 'not-a-map', line: 1, column: 1 }]);
  expect(problems[0]?.message).toContain(words);
});

test('A byte order mark, Windows line ends and repeated keys are told, and the file is read.', () => {
  const file = read('\u{feff}a: 1\r\nb: 2\r\na: 3\r\n');

  expect(plainValue(file.root as YamlNode)).toEqual({ a: 3n, b: 2n });
  expect(file).toMatchObject({ crlf: true, bom: true });
  expect(file.problems.map(({ level, code, line }) => [level, code, line])).toEqual([
    ['info', 'byte-order-mark', 1],
    ['info', 'windows-line-ends', 1],
    ['warning', 'duplicate-key', 3],
  ]);
});

test('UTF-16 with its byte order mark is read as PyYAML reads it.', async () => {
  const little = Buffer.from('\u{feff}a: é\n', 'utf16le');
  const big = Buffer.from(little).swap16();

  for (const file of [little, big]) {
    expect(ours(file)).toEqual(await theirs(python, file));
    expect(firstProblem(file)).toMatchObject({ level: 'warning', code: 'utf-16' });
  }
});

test.each([
  ['keys of equal value', '1: a\ntrue: b\n1.0: c\n0x1: d\n.nan: e\n.NaN: f\n~: g\nnull: h\n'],
  [
    'timestamps as keys',
    '2024-01-15 00:00:00: a\n2024-1-15t00:00:00.0: b\n2024-01-15: c\n2024-01-15 01:00:00 +01:00: d\n2024-01-15 00:00:00Z: e\n',
  ],
  ['merged maps in order', 'x: &x {a: 1, b: 2}\ny: &y {b: 3, c: 4}\nz:\n  d: 5\n  <<: [*x, *y]\n  b: 6\n'],
  ['two merge keys', 'x: &x {a: 1}\ny: &y {a: 2, b: 3}\nz:\n  <<: *x\n  <<: *y\n'],
  ['a merge of a merge', 'x: &x {a: 1}\ny: &y {<<: *x, b: 2}\nz: {<<: *y, <<: {c: 3}}\n'],
  ['quoted merge keys', 'x: &x {a: 1}\nz: {"<<": *x, ! "<<": *x}\n'],
  ['an equals sign as a key', '=: 1\n"=": 2\n'],
  ['brackets that are not indented', 'a: [\n1,\n2\n]\nb:\n  c: {\nd: 1\n}\ne: "two\nlines"\n'],
  ['block text at the end of a file', 'a: |\n  text'],
  ['block text with spaces after it', 'a: |1\n x\n   \n\nb: >\n  x\n\n   y\n  z\n'],
  ['a next-line character', 'a: x\u0085b: y\n'],
  ['lone carriage returns', 'a: x\rb: y\r\rc: "p\r q"\r'],
  ['a comment without a space', 'a: "x"#y\nb: [1]#z\n'],
  ['text that goes on unindented below a comment', 'key:\n# note\n  f\na\n'],
  ['text that goes on indented below a comment', 'key:\n# note\n  f\n  g\na: 1\n'],
  ['a directive given twice', '%YAML 1.1\n%YAML 1.1\n---\na: 1\n'],
  ['a directive without a document', '%YAML 1.1\n'],
  ['a directive after the document', 'a: 1\n...\n%YAML 1.1\n'],
  ['a directive', '%YAML 1.1\n---\na: 1\n...\n'],
  ['a key of 1024 characters', `${'k'.repeat(1024)}: 1\n`],
  ['a key of 1025 characters', `${'k'.repeat(1025)}: 1\n`],
  ['emoji in a long key', `"${'😀'.repeat(1000)}": 1\n`],
  ['many digits', `a: ${'9'.repeat(4300)}\nb: 0x${'f'.repeat(5000)}\n`],
  ['too many digits', `a: ${'9'.repeat(4301)}\n`],
  ['a long time in base 60', `a: 1${':00'.repeat(200)}\nb: 1${':00'.repeat(100)}.5\n`],
  ['infinite base 60', `b: 1${':00'.repeat(200)}.5\n`],
])('PyYAML and this reader agree on %s.', async (_, text) => {
  expect(ours(text)).toEqual(await theirs(python, text));
});

test('Every leaf of a tree has the path that finds it.', () => {
  const root = read('a:\n  b: [1, {c: x}, [], {}]\n2: y\n').root as YamlNode;
  const leaves = leavesOf(root);

  expect(leaves.map(({ path }) => path.join('/'))).toEqual(['a/b/0', 'a/b/1/c', 'a/b/2', 'a/b/3', '2']);
  for (const { path, node } of leaves) expect(nodeAt(root, path)).toBe(node);
  expect(nodeAt(root, ['a', 'nothing'])).toBeUndefined();
  expect(nodeAt(root, ['a', 'b', '9'])).toBeUndefined();
});
