import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeHints, mayHoldTokens } from '../../../src/agent/credentials/secret-hints.ts';
import { findSecretPatterns, findTokens } from '../../../src/agent/credentials/secret-kinds.ts';
import { hasSecretLine } from '../../../src/agent/credentials/secret-lines.ts';
import { realToken } from './tokens.ts';

/** What secrets are made of, so that texts of them are often nearly or really one. */
const PIECES = [
  ...'sk- ant- proj- gho_ ghp_ ghs_ github_pat_ glpat- xox xoxb- xoxe AKIA ASIA AIza rk_live_ sk_live_ eyJ -----BEGIN'.split(
    ' ',
  ),
  ...'AGE-SECRET-KEY-1 PRIVATE KEY----- :// @ / : . discord.com/api/webhooks/ hooks.slack.com/services/ T024BE7LD'.split(
    ' ',
  ),
  ...'password Passwd SECRET Token api_key ApiKey privatekey access_key pass pwd pw key cred dsn webhook jwt pat pat_'.split(
    ' ',
  ),
  ...'auth cookie USER DB_PASS smtp.pw name = : := => == [ ] { } , # -'.split(' '),
  ...['"', "'", ' ', '  ', '\t', '\n', '\r\n', '\u00a0', '\u2003', '\ufeff', 'é', '€', '𝄞', 'x'],
  // Their bytes are also the numbers of spaces and of other signs in Latin-1.
  ...[
    'à',
    'pàssw0rd9',
    'Р',
    'Рассвет99',
    '密码',
    '蠠',
    '\u0085',
    '\u3000',
    'postgres://app:',
    '@db.internal/x',
  ],
  ...[
    'a1B2c3',
    'hunter22',
    'aB3-_xY9',
    'aB3xY9kL2mN4pQ6rS8tU',
    '0123456789abcdef',
    'MTIzNDU2Nzg5MDEyMzQ1Njc4',
  ],
  ...['0123456789ABCDEF', '123456789012345678', 'T9T9T9T9', 'GhIjKl', '.GhIjKl.', 'localhost:5432/db', 'joe'],
];
const text = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 3 })), { maxLength: 14 })
  .map((pieces) => pieces.join(''));
/** Longer than what is judged in whole for an `@` alone. */
const REST = '# nothing in it\r\n'.repeat(150);
/** The bytes at an even or odd place in memory. */
const bytesOf = (content: string, odd: boolean) =>
  Buffer.concat([Buffer.alloc(odd ? 1 : 2), Buffer.from(content)]).subarray(odd ? 1 : 2);
const withHints = (bytes: Buffer) =>
  judgeHints(bytes, { shapes: findSecretPatterns, line: (line) => hasSecretLine(line, 'settings') });
const withoutHints = (content: string) => findSecretPatterns(content) || hasSecretLine(content, 'settings');

describe('hints', () => {
  it('change no judgement of a text, short or long', () => {
    fc.assert(
      fc.property(text, fc.boolean(), fc.nat({ max: 9 }), (piece, odd, long) => {
        const content = long === 0 ? `${piece}\n${REST}` : piece;
        const bytes = bytesOf(content, odd);
        const read = bytes.toString('utf8');
        expect(withHints(bytes)).toBe(withoutHints(read));
        if (findTokens(read)) expect(mayHoldTokens(bytes)).toBe(true);
      }),
      { numRuns: 30_000 },
    );
  });

  it('are there for tokens and for names, wherever they stand', () => {
    const statement = fc.oneof(
      realToken,
      fc.constantFrom('DB_PASSWORD=hunter22', '"smtp.password": "hunter22"'),
    );
    fc.assert(
      fc.property(statement, fc.nat({ max: 99 }), fc.boolean(), (secret, before, odd) => {
        const content = `${'plain text, nothing in it\n'.repeat(before)}${secret}\nand more\n`;
        expect(withHints(bytesOf(content, odd))).toBe(true);
      }),
    );
  });

  it('are there for an address with a password in any script, in a file of any length', () => {
    for (const password of ['pàssw0rd9', 'Рассвет99', '密码密码99', '蠠蠠蠠蠠', 'a\u0120b99']) {
      const content = `url: postgres://app:${password}@db.internal/x\n`;
      for (const long of [content, content + REST, REST + content]) {
        expect(withoutHints(long), password).toBe(true);
        expect(withHints(bytesOf(long, false)), password).toBe(true);
      }
    }
  });

  it('look at each character of a long name a few times only', () => {
    // Each of its 65,536 words looked on to the end would be looked at for minutes.
    const long = Buffer.from('pass'.repeat(1 << 16));
    expect(judgeHints(long, { shapes: () => true, line: () => true })).toBe(false);
    const longest = Buffer.from(`${'a'.repeat(76)}pass=hunter22`);
    expect(withHints(longest)).toBe(withoutHints(longest.toString()));
    expect(judgeHints(longest, { shapes: () => false, line: () => true })).toBe(true);
  });

  it('are not there in ordinary text, so that it is not judged', () => {
    const ordinary = [
      '{"at":0.5319271392654628,"level":"info","task":"0.542612801073119"}\n',
      'See https://example.com/path?at=1 for the rest. It is a task-management thing, version 1.22.333.\n',
      'The user came; his passport was out, the keyboard too.\n',
    ].join('');
    const judged = judgeHints(Buffer.from(ordinary.repeat(50)), { shapes: () => true, line: () => true });
    expect(judged).toBe(false);
    expect(mayHoldTokens(Buffer.from(ordinary))).toBe(false);
  });
});
