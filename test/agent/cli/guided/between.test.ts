import { expect, it } from 'vitest';
import { askBetween } from '../../../../src/agent/cli/guided/between.ts';
import { confirmWith } from '../../../../src/agent/cli/guided/confirm.ts';
import type { Call } from '../../../../src/agent/cli/verb.ts';
import { LEAVE, scripted } from '../../../helpers/scripted-choose.ts';

it('goes on with the next phase by Enter', async () => {
  const { choose, asked } = scripted(undefined);
  expect(await askBetween(choose, 'register', false)).toBe('go on');
  expect(asked[0]?.text).toBe('Go on with "Validation"?');
});

it('cancels only after a second yes, which Enter is not', async () => {
  const once = scripted('Cancel', undefined, 'Pause here');
  expect(await askBetween(once.choose, 'backup', false)).toBe('pause');
  const twice = scripted('Cancel', 'Take everything back');
  expect(await askBetween(twice.choose, 'backup', false)).toBe('cancel');
});

it('offers to try again where it could not go on', async () => {
  const { choose, asked } = scripted('Try again');
  expect(await askBetween(choose, 'backup', true)).toBe('go on');
  expect(asked[0]?.text).toContain('It waits before "Conversion", as it was.');
});

it('asks a yes-or-no question with no as Enter; after one that was left all others are no', async () => {
  const { choose, asked } = scripted(undefined, 'Yes', LEAVE);
  const { confirm } = confirmWith({} as Call, choose);
  expect([await confirm('A?'), await confirm('B?'), await confirm('C?'), await confirm('D?')]).toEqual([
    false,
    true,
    false,
    false,
  ]);
  expect(asked).toHaveLength(3);
});
