import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSystemdEnvFile } from '../../../src/agent/credentials/systemd-env-file.ts';
import { readUnit } from '../../../src/agent/credentials/systemd-unit.ts';

const unit = (lines: string) =>
  readUnit(Buffer.from(`[Unit]\nEnvironment=X=1\n[Service]\n${lines}\n`), '/home/mara');
const environment = (lines: string) =>
  Object.fromEntries(unit(lines).assignments.map(({ name, value }) => [name, value ?? null]));

describe('a systemd unit', () => {
  it.each([
    ['Environment=A=1 B=2', { A: '1', B: '2' }],
    // The manual's own example.
    [
      `Environment="VAR1=word1 word2" VAR2=word3 "VAR3=$word 5 6"`,
      { VAR1: 'word1 word2', VAR2: 'word3', VAR3: '$word 5 6' },
    ],
    [`Environment=A='x y' B="it's"`, { A: 'x y', B: "it's" }],
    ['Environment=A=a\\x2eb\\tc "B=\\"q\\""', { A: 'a.b\tc', B: '"q"' }],
    ['Environment=A=1\nEnvironment=B=2\nEnvironment=A=3', { A: '3', B: '2' }],
    ['Environment=A=1\nEnvironment=\nEnvironment=B=2', { B: '2' }],
    ['Environment=A=1 \\\n  B=2 \\\n# between\n  C=3', { A: '1', B: '2', C: '3' }],
    ['Environment=A=%h/x B=100%% C=%i', { A: '/home/mara/x', B: '100%', C: null }],
    ['# Environment=A=1\n;Environment=B=2\n Environment = C=3', { C: '3' }],
    ['Environment="A=unclosed', {}],
    ['ExecStart=/bin/x\n[Install]\nEnvironment=A=1', {}],
  ])('%j sets what systemd would', (lines, expected) => {
    expect(environment(lines)).toEqual(expected);
  });

  it('names its files, those that nobody can find apart', () => {
    const found = unit(
      'EnvironmentFile=-/etc/aw.env\nEnvironmentFile=%h/aw.env\nEnvironmentFile=%t/x\nEnvironmentFile=/x/*.env',
    );

    expect(found.files).toEqual([
      { path: '/etc/aw.env', line: 4 },
      { path: '/home/mara/aw.env', line: 5 },
    ]);
    expect(found.unknownFiles).toEqual([6, 7]);
  });

  it('never throws and stays quick, whatever it holds', () => {
    for (const piece of ['Environment=', '\\\n', 'A="', "'", '%', '\\x'])
      expect(unit(piece.repeat(40_000)).files).toEqual([]);
  });
});

describe('an EnvironmentFile', () => {
  const read = (text: string) =>
    Object.fromEntries(readSystemdEnvFile(Buffer.from(text)).map(({ name, value }) => [name, value ?? null]));

  it.each([
    ['A=1\n# c\n; c\n\nB=two words  \n', { A: '1', B: 'two words' }],
    ['A="x y" \nB=\'it "is"\'\nC=a\\ b\\\nc\n', { A: 'x y', B: 'it "is"', C: 'a bc' }],
    ['A="a\\"b\\\\c\\d"\nB="two\nlines"\nC=x"y"\n', { A: 'a"b\\c\\d', B: 'two\nlines', C: 'x"y"' }],
    ['A=$HOME/x # not a comment\nexport B=1\nC = 3\n', { A: '$HOME/x # not a comment', C: '3' }],
    ['A=1\r\nB=2\r\n', { A: '1', B: '2' }],
    ['A=\nno name\nB=1', { A: '', B: '1' }],
  ])('%j is read as systemd reads it', (text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it('says of generated files what the generator of systemd says, where there is one', () => {
    if (!existsSync(GENERATOR)) return;
    const word = fc.constantFrom(
      'x',
      'y z',
      '"a b"',
      "'c d'",
      '\\ ',
      '\\q',
      '"e\\"f"',
      '"g\\h"',
      '# i',
      "j'k'",
      '  ',
      '\\\n',
      ';n',
      '=',
    );
    const value = fc.array(word, { maxLength: 4 }).map((words) => words.join(''));
    const between = fc.constantFrom('', '# A=9\n', '; B=9\n', '\n', '  \n');
    const lines = fc
      .sample(fc.tuple(value, between), { seed: 1703, numRuns: 2000 })
      .map(([text, after], n) => `V${n}=${text}\n${after}`);

    // The generator leaves out most of what is empty.
    const ours = Object.entries(read(lines.join(''))).filter(([, text]) => text !== '');

    expect(ours.length).toBeGreaterThan(1000);
    expect(Object.fromEntries(ours)).toEqual(generated(lines.join('')));
  });

  it('never throws and stays quick, whatever it holds', () => {
    for (const piece of ['A=', '"', "'", '\\', 'A="\n', '= '])
      expect(readSystemdEnvFile(Buffer.from(piece.repeat(50_000))).length).toBeLessThanOrEqual(1);
  });
});

/** Reads files of the same form, for environment.d(5). It expands `$` and writes line ends as text: both are left out here. */
const GENERATOR = '/usr/lib/systemd/user-environment-generators/30-systemd-environment-d-generator';

function generated(text: string): Record<string, string> {
  const home = mkdtempSync(join(tmpdir(), 'environment-d-'));
  try {
    mkdirSync(join(home, '.config/environment.d'), { recursive: true });
    writeFileSync(join(home, '.config/environment.d/x.conf'), text);
    const env = { HOME: home, PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' };
    const shell = `set -a\n${spawnSync(GENERATOR, [], { env, encoding: 'utf8' }).stdout}\nPATH=/usr/bin:/bin; env -0`;
    const { stdout } = spawnSync('bash', ['-c', shell], { env, encoding: 'utf8' });
    return Object.fromEntries(
      stdout
        .split('\0')
        .filter((entry) => /^V\d+=./s.test(entry))
        .map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
    );
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
