// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the braces are what start-up files hold
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readShellStart } from '../../../src/agent/credentials/shell-start.ts';

const read = (text: string) =>
  Object.fromEntries(readShellStart(Buffer.from(text)).map(({ name, value }) => [name, value ?? null]));

describe('a start-up file of a shell', () => {
  it.each([
    ['export A=1\nexport B=\'two words\' C="3"\n', { A: '1', B: 'two words', C: '3' }],
    ['A=1\nB=2\nexport B\n', { B: '2' }],
    ['export A\nA=1\n', { A: '1' }],
    ['declare -x A=1\ntypeset -gx B=2\ndeclare C=3\n', { A: '1', B: '2' }],
    ['export A=1; export B=2 && export C=3\n', { A: '1', B: '2', C: '3' }],
    ['if [ -n "$PS1" ]; then\n  export A=1\nelse export B=2; fi\n', { A: '1', B: '2' }],
    ['[ -f "x y" ] && export A=1\ncase $- in *i*) ;; *) return;; esac\nexport B=2\n', { A: '1', B: '2' }],
    ['# export A=1\necho x # ; export A=1\nexport B=2 # c\n', { B: '2' }],
    ['echo "; export A=1"\nexport B=2\n', { B: '2' }],
    ['cat <<END\nexport A=1\nEND\nexport B=2\n', { B: '2' }],
    ['export A=1\nunset A\n', {}],
    ['export A=1\nexport A=2\n', { A: '2' }],
    ['T=secret\nexport A=$T B="x${T}y"\n', { A: 'secret', B: 'xsecrety' }],
    ['T=1\nT=2\nexport A=$T\n', { A: null }],
    [
      'export A=$(pass show x)\nexport B=`date`\nexport C=$HOME/x D=~/x\n',
      { A: null, B: null, C: null, D: null },
    ],
    ["export A=$'x'\nexport B=2\n", { A: null, B: '2' }],
    ['export A="one\ntwo"\nexport B=2', { A: 'one\ntwo', B: '2' }],
    ['export A="one\nexport C=3\ntwo"\n', { A: 'one\nexport C=3\ntwo' }],
    ['set -a\nA=1\nset +a\nB=2\n', { A: '1' }],
    ['A=1 program\nexport -n B=2\n', {}],
    ['export A=(1 2)\n', { A: null }],
    ['export A=gr\u00fcn\r\n', { A: 'gr\u00fcn\r' }],
    ['alias aw="cd /x && export A=1"\n', {}],
  ])('%j sets what it exports', (text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it('gives the line of the last definition', () => {
    expect(readShellStart(Buffer.from('\n\nexport A=1\n# x\nexport A=2\n'))).toMatchObject([{ line: 5 }]);
  });

  it('has no value for bytes that are not UTF-8', () => {
    expect(readShellStart(Buffer.from('export A=\xff\n', 'latin1'))).toMatchObject([{ value: undefined }]);
  });

  it('never throws, whatever the bytes, and stays quick', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void readShellStart(Buffer.from(bytes))),
      { seed: 1701, numRuns: 500 },
    );
    for (const piece of ['export ', 'export A=', "'", '"', '; ', '& ', '<<A\n', '$(', '{', 'then '])
      expect(readShellStart(Buffer.from(piece.repeat(60_000))).length).toBeLessThanOrEqual(1);
  });
});

const bash = spawnSync('bash', ['-c', ':']).status === 0;

describe.runIf(bash)('a start-up file, against a real bash', () => {
  it('claims of thousands of generated lines only what is so', () => {
    const name = fc.constantFrom('A', 'B', 'C');
    const word = fc.oneof(
      fc.constantFrom(
        'x',
        '1',
        '',
        'a/b:c',
        "'s q'",
        '"d q"',
        '"\\"x"',
        'a\\ b',
        '$A',
        '"$B"',
        '"${C}z"',
        '~',
        '*',
        '"two\nlines"',
        "'export A=9\nx'",
        '$(echo 1)',
        '{a,b}',
        'a#b',
      ),
      fc.string({ maxLength: 6 }).map((text) => `'${text.replaceAll("'", '').replaceAll('\0', '')}'`),
    );
    const line = fc.oneof(
      fc.tuple(name, word).map(([n, w]) => `export ${n}=${w}`),
      fc.tuple(name, word).map(([n, w]) => `${n}=${w}`),
      fc.tuple(name, word, name, word).map(([n, w, m, v]) => `export ${n}=${w} ${m}=${v}`),
      name.map((n) => `export ${n}`),
      name.map((n) => `unset ${n}`),
      fc.tuple(name, word).map(([n, w]) => `[ -n "x" ] && export ${n}=${w}`),
      fc.tuple(name, word).map(([n, w]) => `if true; then export ${n}=${w}; fi`),
      fc.tuple(name, word).map(([n, w]) => `declare -x ${n}=${w}; :`),
      fc.tuple(name, word).map(([n, w]) => `export ${n}=${w} # a comment`),
      fc.constantFrom(
        '# export A=9',
        'set -a',
        'set +a',
        'cat <<E >/dev/null\nexport A=9\nE',
        ': "a; export A=9"',
      ),
    );
    const files = fc
      .sample(fc.array(line, { minLength: 1, maxLength: 8 }), { seed: 1702, numRuns: 400 })
      .map((lines) => `${lines.join('\n')}\n`);

    const claims = files.map((file) => [file, readShellStart(Buffer.from(file))] as const);
    const theirs = sourced(files);

    let claimed = 0;
    for (const [n, [file, ours]] of claims.entries()) {
      for (const { name: variable, value } of ours) {
        if (value === undefined) continue;
        claimed += 1;
        expect(theirs[n]?.get(variable), `${variable} in ${JSON.stringify(file)}`).toBe(value);
      }
    }
    expect(claimed).toBeGreaterThan(files.length / 2);
  });
});

/** What each file exports, by one bash that sources them all in subshells. */
function sourced(files: readonly string[]): Map<string, string>[] {
  const script = files
    .map((file) => `( unset A B C\n${file}\nprintf '%s\\0' "FILE" ; /usr/bin/env -0 )`)
    .join('\n');
  const { stdout } = spawnSync('bash', ['--norc', '--noprofile', '-s'], {
    input: script,
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' },
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  return stdout
    .split(/(?<=^|\0)FILE\0/)
    .slice(1)
    .map(
      (part) =>
        new Map(
          part
            .split('\0')
            .filter((entry) => entry.includes('='))
            .map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
        ),
    );
}
