// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the braces are what env files hold
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { readAsShell } from '../../../src/agent/credentials/shell-value.ts';

const folder = mkdtempSync(join(tmpdir(), 'shell-value-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the shell's environment holds after sourcing each file, or undefined where the shell ended on the way. */
function source(shell: string, files: readonly Buffer[]): (Map<string, string> | undefined)[] {
  for (const [n, file] of files.entries()) {
    writeFileSync(join(folder, `${n}.env`), file);
    rmSync(join(folder, `${n}.out`), { force: true });
  }
  // A shell for each file: in a subshell, bash may leave a sourced file too early.
  const one = 'PATH=/nowhere; set -a; . ./$1.env >/dev/null 2>&1; /usr/bin/env -0 >$1.out';
  const each = `n=0; while [ $n -lt ${files.length} ]; do ${shell} -c '${one}' - $n; n=$((n+1)); done`;
  const env = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' };
  spawnSync('sh', ['-c', each], { cwd: folder, env, stdio: 'ignore' });
  return files.map((_, n) => {
    const path = join(folder, `${n}.out`);
    if (!existsSync(path)) return undefined;
    const variables = readFileSync(path, 'latin1')
      .split('\0')
      .map((line) => line.split(/=(.*)/s));
    return new Map(variables.map(([name, value]) => [name ?? '', value ?? '']));
  });
}

/**
 * Every value that is claimed is the shell's, and every name that is not there is not set. Returns how many were claimed.
 */
function compare(file: Buffer, theirs: Map<string, string> | undefined): number {
  const ours = readAsShell(file);
  const shown = JSON.stringify(file.toString('latin1'));
  const nothingKnown = ours.size > 0 && [...ours.values()].every(({ value }) => value === undefined);
  let claimed = 0;
  for (const name of ['A', 'B', 'C', 'D']) {
    const reading = ours.get(name);
    if (reading === undefined) {
      if (nothingKnown) continue;
      expect(theirs?.has(name) ?? false, `${name} in ${shown}`).toBe(false);
    } else if (reading.value !== undefined) {
      expect(Buffer.from(reading.value).toString('latin1'), `${name} in ${shown}`).toBe(theirs?.get(name));
      claimed += 1;
    }
  }
  return claimed;
}

const shells = ['sh', 'bash'].filter((shell) => spawnSync(shell, ['-c', ':']).status === 0);

const KNOWN: [file: string, values: Record<string, string | undefined>][] = [
  ['A=1\nexport B=2\nexport C\n  D=3 # c\n', { A: '1', B: '2', D: '3' }],
  [
    'A=\'x $B \\\'\nB="x \\$A \\\\ \\x \\""\nC=a\\ b\\#c\nD=a#b',
    { A: 'x $B \\', B: 'x $A \\ \\x "', C: 'a b#c', D: 'a#b' },
  ],
  ['A="x  y"\nB=$A$A\nC="${A}z"\nexport D=$A', { A: 'x  y', B: 'x  yx  y', C: 'x  yz', D: undefined }],
  ['A=1 B=$A\nexport C=2 D=$C', { A: '1', B: '1', C: '2', D: undefined }],
  ['A=\nB=${A:-d}\nC=${MISSING:-d}\nD=$HOME', { A: '', B: 'd', C: undefined, D: undefined }],
  ['A = 1\nB=hello world\nC= x\nD=1', { D: '1' }],
  ['A=$(date)\nB=`date`\nC=$$\nD=~/x', { A: undefined, B: undefined, C: undefined, D: undefined }],
  ['A=*\nexport B=*\nC="~"\nD=x~', { A: '*', B: undefined, C: '~', D: 'x~' }],
  ['A=x&B=y;C=z', { B: 'y', C: 'z' }],
  ['A=1\r\nB="2"\r\n', { A: '1\r', B: '2\r' }],
  ['A="one\ntwo"\nB=one\\\ntwo', { A: 'one\ntwo', B: 'onetwo' }],
  ['A=1\nB=(2)\nC=3', { A: undefined, B: undefined, C: undefined }],
  ['A=1\nunset A', { A: undefined }],
  ['if true; then A=1; fi\nB=2', { A: undefined, B: undefined }],
  ['A="unclosed\nB=2', { A: undefined, B: undefined }],
  ['set -a\nA=1\nset +a\n', { A: '1' }],
  ['A=grün\n\ufeffB=1', { A: 'grün' }],
  ['A+=x\nB=2', { A: undefined, B: '2' }],
  ['A=1\nB[1]=2', { A: undefined, B: undefined }],
  ['false && A=1\nB=2', { A: undefined, B: '2' }],
  ['IFS=1\nA=2', { IFS: undefined, A: undefined }],
];

describe('readAsShell', () => {
  test.each(KNOWN)('reads %j', (file, values) => {
    const ours = readAsShell(Buffer.from(file));
    expect(Object.fromEntries([...ours].map(([name, { value }]) => [name, value]))).toEqual(values);
  });

  test('gives the line of the last assignment', () => {
    const ours = readAsShell(Buffer.from('A=1\n\nB="x\ny"\n# c\nC=1 A=2\n'));
    expect([...ours].map(([name, { line }]) => [name, line])).toEqual([
      ['A', 6],
      ['B', 3],
      ['C', 6],
    ]);
  });

  test('has no value for bytes that are not UTF-8', () => {
    expect(readAsShell(Buffer.from('A=gr\xfcn\nB=1', 'latin1')).get('A')).toEqual({
      value: undefined,
      line: 1,
    });
  });

  test('is not blown up by values that double each other', () => {
    const lines = ['A0=xxxxxxxx', ...Array.from({ length: 80 }, (_, n) => `A${n + 1}=$A${n}$A${n}`)];
    expect(readAsShell(Buffer.from(lines.join('\n'))).get('A80')?.value).toBeUndefined();
  });

  test('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(readAsShell(Buffer.from(bytes))).toBeInstanceOf(Map);
      }),
    );
  });
});

describe.each(shells)('readAsShell against a real %s', (shell) => {
  test('claims for the hand-written files only what is so', () => {
    const files = KNOWN.map(([file]) => Buffer.from(file));
    const theirs = source(shell, files);
    for (const [n, file] of files.entries()) compare(file, theirs[n]);
  });

  test('claims for thousands of generated files only what is so', () => {
    const piece = fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom('A=', 'B=', 'C=', 'D=', '\n', '\n', ' ', 'x', 'y') },
      {
        weight: 3,
        arbitrary: fc.constantFrom("'", '"', '"x y"', "'#'", '\\', '#', '$A', '${B}', '$', '\t', 'export '),
      },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          '*',
          '?',
          '~',
          ':',
          '&',
          ';',
          '|',
          '&&',
          '(',
          ')',
          '`',
          '$(x)',
          '{',
          '}',
          '!',
          '[',
        ),
      },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          'é',
          '\u0081',
          '💩',
          '\r',
          '\\\n',
          '${A:-d}',
          '${A#x}',
          '${B:+y}',
          '$1',
          '-',
          '=',
        ),
      },
      {
        weight: 3,
        arbitrary: fc.constantFrom(
          '\nA=1\n',
          '\nB="x  $A"\n',
          '\nexport C=$B\n',
          "\nD='*'\n",
          '\nexport A="$D" B\n',
        ),
      },
    );
    const files = fc
      .sample(fc.array(piece, { maxLength: 16 }), { seed: 1707, numRuns: 1500 })
      .map((pieces) => Buffer.from(pieces.join('')));
    const theirs = source(shell, files);
    const claimed = files.map((file, n) => compare(file, theirs[n]));
    expect(claimed.filter((count) => count > 0).length).toBeGreaterThan(files.length / 8);
  });
});
