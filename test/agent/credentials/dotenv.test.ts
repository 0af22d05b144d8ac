// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the braces are what env files hold
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lastDefinitions, readDotenv } from '../../../src/agent/credentials/dotenv.ts';
import { askPython } from './python.ts';

/** For each file: its variables in order, or null where Python refuses the file, and whether any line was unreadable. */
const DOTENV = `
import base64, json, logging, os, sys, tempfile
from dotenv import dotenv_values
os.environ.clear()
warned = []
class Count(logging.Handler):
    def emit(self, record): warned.append(record)
logging.getLogger('dotenv.main').addHandler(Count())
logging.getLogger('dotenv.main').propagate = False
out = []
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, 'file.env')
    for case in json.load(sys.stdin):
        with open(path, 'wb') as file: file.write(base64.b64decode(case))
        warned.clear()
        try:
            values = list(dotenv_values(path, interpolate=True).items())
        except UnicodeDecodeError:
            values = None
        out.append([values, len(warned)])
print(json.dumps(out))`;

type Answer = [values: [string, string | null][] | null, warnings: number];

function askDotenv(files: readonly Buffer[]): Answer[] {
  return askPython<Answer[]>(
    DOTENV,
    files.map((file) => file.toString('base64')),
  );
}

function ours(file: Buffer): Answer {
  const { entries, problems, utf8 } = readDotenv(file);
  const values = lastDefinitions(entries).map(({ key, value }): [string, string | null] => [key, value]);
  const warnings = problems.filter(({ message }) => message.startsWith('python-dotenv cannot read')).length;
  return [utf8 ? values : null, warnings];
}

function read(text: string, env?: Record<string, string>) {
  return readDotenv(Buffer.from(text), env).entries.map(({ key, value }) => [key, value]);
}

const HAND_WRITTEN = [
  'A=1',
  'A=1\nA=2\nB=3\nA=4',
  'export A=1\nexport\tB=2\nexport=3\nexport\nexport # x\nexport  ',
  'A = b c \nB=\nC\n  D  =  e',
  "A='x y' # c\nB=\"x y\"#c\nC='a\\'b'\nD=\"a\\\"b\\n\\t\\x\\\\\"\nE='a\\nb'",
  'A="one\ntwo"\nB=\'one\n\ntwo\'\nC=3',
  'A=#x\nB= #x\nC=a#b\nD=a #b\nE=a\t# b # c',
  '# comment\n\n   # more\nA=1 # c',
  'A="x\nB=2',
  'A=\'x\nB=2\nC="y"\n',
  'A="x" y\nB=2',
  'A="a\\\\"\nB=2',
  'A="a\\\\" "b"\nB="c\\"',
  '=x\nA=1\n=\n',
  'A B=1\nC=2',
  'A=1\r\nB="x\r\ny"\r\nC\r\n\r\nD=4',
  'A=1\rB=2\r\rC=3',
  "'A B'=1\n'C=2\n'' = 4\n'D'",
  'A=x\nB=${A}\nC=${A}${B}\nD="${A}"\nE=\'${A}\'\nF=$A\nG=${MISSING}\nH=${MISSING:-d}\nI=${A:-d}',
  'A=\nB=${A:-d}\nC\nD=${C:-d}\nE=${D:d}\nF=${:-d}\nG=${}\nH=${A:-${B}}',
  'A=${A}\nA=${A}x\nA=${A}y',
  'A=${ B=1\nC=${${A}\nD=}\nE=${X:y}${X:-z}',
  'A=\\n\nB=a\\\nC=\\"x\\"',
  '\ufeffA=1\nB=2',
  '\ufeff# c\nB=2',
  '\u00a0A\u2003=\u0085x\u3000# c\n\x1cB=2\x0b\x0cC=3',
  'constructor=1\n__proto__=2\nX=${toString}${constructor}',
  'A=ü\nB="💩"\nC=${B}\ud83d',
  'A="\\\nB="\n',
  'A=1\0\nB=\0',
  '"A"=1\nB"C"=2',
  "A='\\'\nB='x'",
  "A='it''s'\nB=1",
];

describe('readDotenv against python-dotenv', () => {
  test('hand-written files give the same variables, in the same order, and as many unreadable lines', () => {
    const files = HAND_WRITTEN.map((text) => Buffer.from(text));
    const theirs = askDotenv(files);
    for (const [n, file] of files.entries())
      expect(ours(file), JSON.stringify(HAND_WRITTEN[n])).toEqual(theirs[n]);
  });

  test('thousands of generated files do too', () => {
    const piece = fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom('A', 'B', 'export ', '=', '=', '\n', '\n', 'x', ' ') },
      {
        weight: 3,
        arbitrary: fc.constantFrom(
          "'",
          '"',
          '\\',
          '#',
          '${A}',
          '${B:-d}',
          '${',
          '}',
          ':',
          '$',
          '\r\n',
          '\r',
          '\t',
          ' # ',
        ),
      },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          '\\n',
          '\\"',
          "\\'",
          'é',
          '💩',
          '\ufeff',
          '\u0085',
          '\x1c',
          '\u00a0',
          '\0',
          '-',
        ),
      },
      {
        weight: 2,
        arbitrary: fc.constantFrom('A=1\n', "B='x'\n", 'C="y ${A}"\n', 'export D=${C}\n', '\nE="'),
      },
    );
    const file = fc.array(piece, { maxLength: 30 }).map((pieces) => Buffer.from(pieces.join('')));
    const stray = fc.tuple(file, fc.uint8Array({ maxLength: 3 }), file).map((parts) => Buffer.concat(parts));
    const files = [
      ...fc.sample(file, { seed: 1705, numRuns: 6000 }),
      ...fc.sample(stray, { seed: 1706, numRuns: 1000 }),
    ];
    const theirs = askDotenv(files);
    for (const [n, bytes] of files.entries()) {
      const [values, warnings] = ours(bytes);
      const [wanted, warned] = theirs[n]!;
      expect(values, JSON.stringify(bytes.toString())).toEqual(wanted);
      if (wanted !== null) expect(warnings, JSON.stringify(bytes.toString())).toBe(warned);
    }
  });
});

describe('readDotenv', () => {
  test('keeps every definition with its line, and the last one wins in the place of the first', () => {
    const { entries } = readDotenv(Buffer.from('\n\nA=1\n# c\nB="x\ny"\nA=2\n'));
    expect(entries.map(({ key, value, line }) => [key, value, line])).toEqual([
      ['A', '1', 3],
      ['B', 'x\ny', 5],
      ['A', '2', 7],
    ]);
    expect(lastDefinitions(entries).map(({ key, line }) => [key, line])).toEqual([
      ['A', 7],
      ['B', 5],
    ]);
    expect(entries[1]?.raw).toBe('B="x\ny"\n');
  });

  test('takes the given environment for names that the file does not define', () => {
    expect(read('A=${HOME}/x\nHOME=h\nB=${HOME}', { HOME: '/home/me' })).toEqual([
      ['A', '/home/me/x'],
      ['HOME', 'h'],
      ['B', 'h'],
    ]);
  });

  test('names the line of what it cannot read, never its text, and reads on', () => {
    const { entries, problems } = readDotenv(
      Buffer.from('A=1\n\n  canary-name canary-value\n=canary\nB="canary\nC=3'),
    );
    expect(entries.map(({ key }) => key)).toEqual(['A', 'C']);
    expect(problems.map(({ line }) => line)).toEqual([3, 4, 5]);
    expect(JSON.stringify(problems)).not.toContain('canary');
  });

  test('leaves out a value that is not UTF-8, says where, and reads the rest', () => {
    const { entries, problems, utf8 } = readDotenv(
      Buffer.from('A=1\r\nPASSWORD=gr\xfcn\r\n# \xe4\r\nB=${PASSWORD}\r\nC=${A}\r\n', 'latin1'),
    );
    expect(utf8).toBe(false);
    expect(entries.map(({ key, value }) => [key, value])).toEqual([
      ['A', '1'],
      ['C', '1'],
    ]);
    expect(problems.map(({ line, key }) => [line, key])).toEqual([
      [2, 'PASSWORD'],
      [3, undefined],
      [4, 'B'],
    ]);
  });

  test('says that a UTF-16 file and a byte order mark are the trouble', () => {
    expect(readDotenv(Buffer.from('\ufeffA=1\n', 'utf16le'))).toMatchObject({ entries: [], utf8: false });
    const marked = readDotenv(Buffer.from('\ufeffA=1\n'));
    expect(marked.problems[0]?.message).toMatch(/byte order mark/);
  });

  test('is not blown up by values that double each other', () => {
    const lines = ['A0=xxxxxxxx', ...Array.from({ length: 60 }, (_, n) => `A${n + 1}=\${A${n}}\${A${n}}`)];
    const { entries, problems } = readDotenv(Buffer.from(lines.join('\n')));
    expect(entries.length).toBeLessThan(30);
    expect(entries.length + problems.length).toBe(61);
  });

  test('never throws, whatever the bytes, and no problem repeats a long piece of the file', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const { problems } = readDotenv(Buffer.from(bytes));
        for (const { line } of problems) expect(line).toBeGreaterThan(0);
      }),
    );
  });
});
