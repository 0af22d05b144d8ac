import { describe, expect, it } from 'vitest';
import { CLOSE_CODES, type CloseName, closeNameOf, fateOf } from '../../src/protocol/close-codes.ts';
import { errorNameOf, REJECT_CODES } from '../../src/protocol/reject-codes.ts';
import { ERRORS } from '../../src/shared/errors.ts';

describe('every close code has one fate', () => {
  it.each([
    ['BAD_FRAME', 4400, 'retry'],
    ['AUTH_FAILED', 4401, 'retry hourly'],
    ['REVOKED', 4403, 'retry hourly'],
    ['TIMEOUT', 4408, 'retry'],
    ['REPLACED', 4409, 'stop'],
    ['UNPAIRED', 4410, 'retry hourly'],
    ['TOO_LARGE', 4413, 'retry'],
    ['VERSION', 4426, 'retry hourly'],
    ['RATE', 4429, 'retry'],
    ['DRAIN', 4503, 'retry'],
  ] as const)('%s is %i: %s', (name, code, fate) => {
    expect(CLOSE_CODES[name].code).toBe(code);
    expect(closeNameOf(code)).toBe(name);
    expect(fateOf(code)).toBe(fate);
  });

  it('and the table above is complete', () => {
    expect(Object.keys(CLOSE_CODES) as CloseName[]).toHaveLength(10);
  });

  it.each([1000, 1001, 1006, 1009, 4000, 4999, 0])('a connection closed with %i is tried again', (code) => {
    expect(closeNameOf(code)).toBeUndefined();
    expect(fateOf(code)).toBe('retry');
  });
});

describe('every reject code', () => {
  it('has a row of its own in the registry, numbered from 2001', () => {
    const numbers = REJECT_CODES.map((code) => ERRORS[errorNameOf(code)].number);
    expect(numbers).toEqual(REJECT_CODES.map((_, place) => 2001 + place));
  });

  it('is told without anything to fill in, since nothing else travels with it', () => {
    const texts = REJECT_CODES.map((code) => ERRORS[errorNameOf(code)]).flatMap(({ message, hint }) => [
      message,
      hint,
    ]);
    expect(texts.filter((text) => /\{\w+\}/.test(text))).toEqual([]);
  });
});
