import fc from 'fast-check';
import { spelling } from './arbitraries.ts';

/** What a generated file is made of; rendered by `renderFile`. */
type Piece =
  | { kind: 'line'; text: string }
  | { kind: 'block'; header: string; lines: string[] }
  | { kind: 'list'; items: Piece[]; indented: boolean }
  | { kind: 'map'; entries: Entry[] };

interface Entry {
  key: string;
  value: Piece;
  comment: string;
}

const plain = spelling.filter(
  (text) => /^[\w.+~=<-]([\w.:+~=< -]*[\w.+~=<-])?$/.test(text) && !/: |^-( |$)|^---|^\.\.\./.test(text),
);
const EASY = [
  'yes',
  'off',
  '022',
  '1:30',
  '0x1F',
  '1_000',
  '1e3',
  '1.0e+3',
  '.5',
  '.inf',
  '~',
  'null',
  '2024-01-15',
  'y',
  'word',
];
const quotedText = fc.oneof(
  spelling.map((text) => `'${text.replaceAll("'", "''")}'`),
  spelling.map((text) => `"${text.replaceAll(/["\\]/g, '\\$&')}"`),
  fc.constantFrom(
    '"a\\tb"',
    '"\\u00e9\\x41\\N\\_"',
    '"two\n    lines"',
    "'two\n\n    lines'",
    '"a \\\n    b"',
    '"\\"',
    "'it''s'",
    '"\\/"',
  ),
);
const tagged = fc
  .tuple(
    fc.constantFrom(
      '!!str',
      '!!str',
      '!!str',
      '!',
      '!',
      '!!null',
      '!!int',
      '!!float',
      '!!timestamp',
      '!!python/name:os.system',
    ),
    fc.oneof(plain, quotedText),
  )
  .map((parts) => parts.join(' '));
const alias = fc.constantFrom('*base', '*more', '*text', '*number', '*list');
const line: fc.Arbitrary<string> = fc.oneof(
  { weight: 5, arbitrary: plain },
  { weight: 5, arbitrary: fc.constantFrom(...EASY) },
  { weight: 4, arbitrary: quotedText },
  { weight: 1, arbitrary: tagged },
  { weight: 2, arbitrary: alias },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '',
      'plain\n     over lines',
      'é😀',
      'a#b',
      'a:b',
      'http://host/?q=1',
      '-1 -',
      'x, y',
    ),
  },
  {
    weight: 2,
    arbitrary: fc
      .array(
        fc.oneof(
          plain.filter((text) => !/[?=]/.test(text)),
          quotedText,
          alias,
        ),
        { maxLength: 3 },
      )
      .map((items) => `[${items.join(', ')}]`),
  },
  {
    weight: 2,
    arbitrary: fc
      .array(fc.tuple(fc.constantFrom('a', 'b', '"c"', '1'), plain), { maxLength: 3 })
      .map((pairs) => `{${pairs.map((pair) => pair.join(': ')).join(', ')}}`),
  },
  { weight: 1, arbitrary: fc.constantFrom('[\n1,\n 2 # two\n]', '{a: 1,\n  b: [x,\n y]}', '"q"# close') },
);
const key = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('a', 'b', 'c', 'name', 'a b', '"q"', "'s'", 'http://x') },
  { weight: 2, arbitrary: plain.filter((text) => !text.includes(': ')) },
  { weight: 1, arbitrary: fc.constantFrom('*text ', '"="', '=', '1', 'true', '1.0', '~', '&k k', '<<') },
);
const blockLine = fc.constantFrom(
  '',
  'text',
  '  deeper',
  '# no comment',
  '- x',
  'a: b',
  'tail ',
  'tab\there',
  '\u00a0',
);
const comment = fc.constantFrom('', '', '', ' # note', ' # a: b');

const { piece } = fc.letrec<{ piece: Piece }>((tie) => ({
  piece: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 6, arbitrary: line.map((text): Piece => ({ kind: 'line', text })) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(
          fc.constantFrom('|', '>', '|-', '>-', '|+', '>+', '|2', '>1-'),
          fc.array(blockLine, { maxLength: 5 }),
        )
        .map(([header, lines]): Piece => ({ kind: 'block', header, lines })),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.array(tie('piece'), { minLength: 1, maxLength: 4 }), fc.boolean())
        .map(([items, indented]): Piece => ({ kind: 'list', items, indented })),
    },
    {
      weight: 3,
      arbitrary: fc
        .array(fc.record({ key, value: tie('piece'), comment }), { minLength: 1, maxLength: 5 })
        .map((entries): Piece => ({ kind: 'map', entries })),
    },
  ),
}));

const HEAD =
  'base: &base {a: 1, b: yes}\nmore: &more\n  b: 022\n  c: &text word\nnumber: &number 0x1F\nlist: &list [*base, *more]\n';

/** A whole file: blocks, flow, quotes, block text, anchors, aliases, merge keys, repeated keys, comments, either line end. */
export const yamlFile: fc.Arbitrary<string> = fc
  .record({
    head: fc.constantFrom('', HEAD, HEAD, HEAD, HEAD, HEAD, `# comment\n\n---\n${HEAD}`),
    entries: fc.array(fc.record({ key, value: piece, comment }), { minLength: 1, maxLength: 4 }),
    lineEnd: fc.constantFrom('\n', '\n', '\r\n'),
    open: fc.boolean(),
  })
  .map(({ head, entries, lineEnd, open }) => {
    const text = `${head}${entries.map((entry) => renderEntry(entry, '')).join('')}`;
    return (open ? text.replace(/\n$/, '') : text).replaceAll('\n', lineEnd);
  });

function renderEntry(entry: Entry, indent: string): string {
  return `${indent}${entry.key}:${renderValue(entry.value, indent, entry.comment)}`;
}

function renderValue(value: Piece, indent: string, after: string): string {
  if (value.kind === 'line') return ` ${value.text.replaceAll('\n', `\n${indent}`)}${after}\n`;
  if (value.kind === 'block') {
    return ` ${value.header}${after}\n${value.lines.map((text) => (text === '' ? '\n' : `${indent}  ${text}\n`)).join('')}`;
  }
  return `${after}\n${renderBlock(value, value.kind === 'list' && !value.indented ? indent : `${indent}  `)}`;
}

function renderBlock(value: Piece, indent: string): string {
  if (value.kind === 'map') return value.entries.map((entry) => renderEntry(entry, indent)).join('');
  if (value.kind !== 'list') return renderValue(value, indent, '');
  return value.items
    .map((item) => {
      const nested = item.kind === 'map' || item.kind === 'list';
      return nested
        ? `${indent}- ${renderBlock(item, `${indent}  `).slice(indent.length + 2)}`
        : `${indent}-${renderValue(item, indent, '')}`;
    })
    .join('');
}

const TOKENS = [
  ...[
    'a',
    'b',
    'key',
    '1',
    'x y',
    ': ',
    ':',
    ' :',
    '- ',
    '-',
    '? ',
    '?',
    '{',
    '}',
    '[',
    ']',
    ',',
    ', ',
    '&a ',
    '*a',
    '*b',
    '&b ',
  ],
  ...[
    '!!str ',
    '!!int ',
    '! ',
    '"q"',
    "'s'",
    '"d\n  e"',
    "'s\n  t'",
    '|\n',
    '>\n',
    '|-\n  t\n',
    '>+\n  f\n   g\n\n',
    '# c',
    '#',
  ],
  ...[
    '\n',
    '\n',
    '\n  ',
    '\n    ',
    '\n ',
    ' ',
    '  ',
    '\t',
    '---',
    '\n---\n',
    '...',
    '\n...\n',
    '%YAML 1.1\n---\n',
    '<<: *a',
    '<<',
    '=',
  ],
  ...[
    '~',
    '"',
    "'",
    'a: 1\n',
    '- b\n',
    '\r\n',
    '@',
    '`',
    '%',
    '|',
    '>',
    'a:',
    'key: ',
    'key:\n  ',
    '- - ',
    '\n- ',
    '|2\n',
    '\u0085',
    'é',
  ],
];

/** Pieces of YAML in any order: mostly broken files. */
export const tokenSoup: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom('', 'key: ', 'key: [', 'a:\n  b: "', 'a:\n  b: |\n'),
    fc.array(fc.constantFrom(...TOKENS), { minLength: 1, maxLength: 12 }),
    fc.constantFrom('', '\nz: 1\n', ']\n', '"\n'),
  )
  .map(([before, tokens, after]) => before + tokens.join('') + after);
