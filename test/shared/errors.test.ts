import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AppError, ERRORS, type ErrorName, errorLabel, hasErrno } from '../../src/shared/errors.ts';

const rows = Object.entries(ERRORS) as [ErrorName, (typeof ERRORS)[ErrorName]][];
const ROOT = join(import.meta.dirname, '../../src');
const sources = readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(join(ROOT, name), 'utf8'));

describe('the registry of errors', () => {
  it('has a number of its own for each', () => {
    const numbers = rows.map(([, { number }]) => number);

    expect(new Set(numbers).size).toBe(numbers.length);
    expect(numbers.every((number) => number > 1000 && number < 10_000)).toBe(true);
  });

  it.each(rows.map(([name, row]) => [name, row] as const))(
    '%s says what went wrong and what to do, in sentences',
    (_, { message, hint }) => {
      expect(message).toMatch(/[.?}]$/);
      expect(hint).toMatch(/^[A-Z].*[.`]$/);
    },
  );

  it.each(rows.map(([name]) => name))(
    '%s is given every value that its texts name, wherever thrown',
    (name) => {
      const { message, hint } = ERRORS[name];
      const wanted = new Set([...`${message} ${hint}`.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? ''));

      for (const source of sources) {
        for (const { params, literal } of uses(source, name)) {
          if (!literal) continue;
          const missing = [...wanted].filter((key) => !new RegExp(`\\b${key}\\b`).test(params));
          expect(missing, `${name} with ${params}`).toEqual([]);
        }
      }
    },
  );
});

/** What stands behind the code in each `new AppError('NAME', …)`; only an object that is written out can be judged. */
function uses(source: string, name: ErrorName): { params: string; literal: boolean }[] {
  return [...source.matchAll(new RegExp(`new AppError\\(\\s*'${name}'\\s*([,)])`, 'g'))].map((match) => {
    if (match[1] === ')') return { params: '', literal: true };
    const rest = source.slice(match.index + match[0].length).trimStart();
    if (!rest.startsWith('{')) return { params: '', literal: false };
    let depth = 0;
    for (let at = 0; at < rest.length; at++) {
      depth += rest[at] === '{' ? 1 : rest[at] === '}' ? -1 : 0;
      if (depth === 0) return { params: rest.slice(0, at + 1), literal: !rest.slice(0, at).includes('...') };
    }
    return { params: '', literal: false };
  });
}

describe('an error for people', () => {
  it('fills its texts, has a label, and tells the place', () => {
    const cause = new Error('inner');
    const error = new AppError('SOURCE_NOT_FOUND', { path: '$& {path}' }, { file: 'a.yml', line: 3, cause });

    expect(error).toMatchObject({
      name: 'AppError',
      code: 'SOURCE_NOT_FOUND',
      label: 'AWM-1101',
      message: 'There is no folder at $& {path}.',
      file: 'a.yml',
      line: 3,
      cause,
    });
    expect(errorLabel('INTERNAL')).toBe('AWM-1999');
  });

  it('ends with one full stop, whatever its value ends with', () => {
    const reasons = ['It is not YAML.', 'it is not YAML'];
    const said = reasons.map((reason) => new AppError('TARGET_DAMAGED', { file: 'a.yml', reason }).message);

    expect(said).toEqual([
      'a.yml in the configuration home is damaged: It is not YAML.',
      'a.yml in the configuration home is damaged: it is not YAML.',
    ]);
  });

  it('leaves a name that it has no value for, also one that every object has', () => {
    expect(new AppError('USAGE', {}).message).toBe('Wrong usage: {problem}.');
    expect(new AppError('USAGE', { problem: '{constructor}' }).message).toBe('Wrong usage: {constructor}.');
  });
});

it('an operating system’s error is known by its code', () => {
  const error = Object.assign(new Error('x'), { code: 'ENOSPC' });

  expect([hasErrno(error, 'EIO', 'ENOSPC'), hasErrno(error, 'EIO'), hasErrno('ENOSPC', 'ENOSPC')]).toEqual([
    true,
    false,
    false,
  ]);
});
