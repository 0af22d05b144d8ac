import { expect, it } from 'vitest';
import { UniqueNames } from '../../../src/agent/survey/unique-names.ts';

it('gives each name once, with the first number that is free', () => {
  const names = new UniqueNames(['api-2', 'web']);

  expect(['api', 'api', 'web', 'api', 'api-2', 'web'].map((name) => names.take(name))).toEqual([
    'api',
    'api-3',
    'web-2',
    'api-4',
    'api-2-2',
    'web-3',
  ]);
});
