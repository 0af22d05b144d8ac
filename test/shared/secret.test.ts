import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../src/shared/secret.ts';

const secret = new Secret('A_TOKEN', 'hunter2-ü');

describe('a secret', () => {
  it.each([
    ['a template string', `${secret}`],
    ['a sum', `x${secret}`],
    ['JSON', JSON.stringify({ secret, list: [secret] })],
    ['inspect', inspect({ secret }, { depth: 9, showHidden: true })],
    ['an error', String(new Error(`failed: ${secret}`).stack)],
    ['its own properties', JSON.stringify(Object.entries(secret))],
    ['a copy', JSON.stringify({ ...secret })],
  ])('prints only its name in %s', (_, printed) => {
    expect(printed).not.toMatch(/hunter2|104,\s*117|687/);
    expect(printed).toContain('A_TOKEN');
  });

  it('gives a fresh copy of its exact bytes', () => {
    secret.reveal().fill(0);

    expect(secret.reveal().toString('utf8')).toBe('hunter2-ü');
    expect(secret.length).toBe(10);
  });

  it('does not follow later changes of what it was made of', () => {
    const bytes = Buffer.from('abc');
    const made = new Secret('X', bytes);
    bytes.fill(0);

    expect(made.reveal().toString()).toBe('abc');
  });

  it('equals another one by its bytes, and then has the same fingerprint', () => {
    const bytes = fc.uint8Array({ maxLength: 20 });
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        const [one, two] = [new Secret('A', a), new Secret('B', b)];
        const same = Buffer.from(a).equals(Buffer.from(b));

        expect(one.equals(two)).toBe(same);
        expect(one.fingerprint === two.fingerprint).toBe(same);
        expect(one.fingerprint).toMatch(/^[0-9a-f]{8}$/);
      }),
    );
  });
});
