import { expect, it, onTestFinished } from 'vitest';
import { openRecords } from '../../services/store/records/open-records.ts';
import { createSuggestions } from '../../services/suggestions.ts';

const ADA = { guild: '100000000000000001', user: '100000000000000002' };
const EVE = { guild: '100000000000000001', user: '100000000000000003' };

async function suggestions() {
  const records = await openRecords({ path: ':memory:' });
  onTestFinished(() => records.close());
  return createSuggestions(records.cache, (error) => {
    throw error;
  });
}

it('are made once for the keystrokes of a moment, for each person and kind of their own', async () => {
  const known = await suggestions();
  let made = 0;
  const make = async () => [`list ${++made}`];

  expect(await known.of(ADA, 'machines', make)).toEqual(['list 1']);
  expect(await known.of(ADA, 'machines', make)).toEqual(['list 1']);
  expect(await known.of(EVE, 'machines', make)).toEqual(['list 2']);
  expect(await known.of(ADA, 'backups', make)).toEqual(['list 3']);
});

it('keep nothing of what could not be made', async () => {
  const known = await suggestions();

  await expect(known.of(ADA, 'machines', () => Promise.reject(new Error('no')))).rejects.toThrow('no');

  expect(await known.of(ADA, 'machines', async () => ['now'])).toEqual(['now']);
});
