import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readFishStart, readFishVariables } from '../../../src/agent/credentials/fish-start.ts';

/** What each file exports; null where only running it would tell. */
const FILES: readonly (readonly [text: string, values: Readonly<Record<string, string | null>>])[] = [
  [
    'set -x A 1\nset -gx B two\nset --export --global C 3\nset -x -g D 4\n',
    { A: '1', B: 'two', C: '3', D: '4' },
  ],
  ['set A 1\nset -g B 2\nset -q C\n', {}],
  ['set -x A \'it\\\'s \\\\ \\n\'\nset -x B "a \\"b\\" \\$c"\n', { A: "it's \\ \\n", B: 'a "b" $c' }],
  ['set -x A one two\nset -x B a\\ b\\tc\n', { A: 'one two', B: 'a b\tc' }],
  ['set -x A x # c\nset -x B x#y\nset -x C ""\n', { A: 'x', B: 'x#y', C: '' }],
  ['set -x A 1\nset -x A 2\nset -x B 1\nset -e B\n', { A: '2' }],
  ['if true; set -x A 1; end\ntrue; and set -x B 2\n', { A: '1', B: '2' }],
  ['# set -x A 1\nset -x B "two\nlines"\n', { B: 'two\nlines' }],
  ['export A=1\nset -x B gr\u00fcn\n', { A: '1', B: 'gr\u00fcn' }],
  [
    'set -x A (echo 1)\nset -x B $HOME\nset -x C "x$A"\nset -x D ~/x\n',
    { A: null, B: null, C: null, D: null },
  ],
  ['set -x A \\x41\n', { A: null }],
];

describe('a start-up file of fish', () => {
  it.each(FILES)('%j sets what it exports', (text, expected) => {
    const found = readFishStart(Buffer.from(text)).map(({ name, value }) => [name, value ?? null]);

    expect(Object.fromEntries(found)).toEqual(expected);
  });

  it('says of these files what a real fish says, where there is one', () => {
    const folder = mkdtempSync(join(tmpdir(), 'fish-'));
    try {
      for (const [text, values] of FILES) {
        writeFileSync(join(folder, 'x.fish'), text);
        const { stdout, error } = spawnSync('fish', ['-N', '-c', 'source x.fish; env -0'], {
          cwd: folder,
          env: { PATH: '/usr/bin:/bin', HOME: folder, LC_ALL: 'C.UTF-8' },
          encoding: 'utf8',
        });
        if (error !== undefined) return;
        for (const [name, value] of Object.entries(values)) {
          if (value !== null) expect(stdout.split('\0'), text).toContain(`${name}=${value}`);
        }
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('gives the line', () => {
    expect(readFishStart(Buffer.from('\n# x\n  set -x A 1\n'))).toMatchObject([{ line: 3 }]);
  });

  it('never throws and stays quick, whatever it holds', () => {
    for (const piece of ['set -x A ', "set -x A '", 'set -x A \\', '; set ', '"', 'export A='])
      expect(readFishStart(Buffer.from(piece.repeat(50_000))).length).toBeLessThanOrEqual(1);
  });
});

describe('the universal variables of fish', () => {
  it('are read where they are exported', () => {
    const text = [
      '# This file contains fish universal variable definitions.',
      '# VERSION: 3.0',
      'SETUVAR --export DISCORD_BOT_TOKEN:abc\\x2edef\\x20g',
      'SETUVAR fish_color_error:red',
      'SETUVAR --export A_LIST:one\\x1etwo',
    ].join('\n');

    expect(readFishVariables(Buffer.from(text))).toEqual([
      { name: 'DISCORD_BOT_TOKEN', value: 'abc.def g', line: 3 },
      { name: 'A_LIST', value: 'one two', line: 5 },
    ]);
  });
});
