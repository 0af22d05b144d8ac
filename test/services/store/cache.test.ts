import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCache } from '../../../services/store/cache.ts';
import { openRecords } from '../../../services/store/records/open-records.ts';
import type { Records } from '../../../services/store/records/records.ts';

const MINUTE = 60_000;

let records: Records;
let now: number;
beforeEach(async () => {
  now = Date.now();
  records = await openRecords({ path: ':memory:', now: () => now });
});
afterEach(() => records.close());

async function entriesOf(cache: ReturnType<typeof openCache<unknown>>): Promise<unknown[]> {
  const entries = [];
  for await (const entry of cache.iterator?.(undefined) ?? []) entries.push(entry);
  return entries;
}

describe('the cache', () => {
  it('gives back what was set, of any shape', async () => {
    const cache = openCache<unknown>(records.cache, { namespace: 'answers' });
    const values = ['text', '', 0, false, null, [1, { a: 'b' }], { deep: { list: [] } }];

    for (const [index, value] of values.entries()) await cache.set(`k${index}`, value);

    const keys = values.map((_, index) => `k${index}`);
    expect(await cache.get(keys)).toEqual(values);
    expect(await Promise.all(keys.map((key) => cache.get(key)))).toEqual(values);
    expect(await cache.get('none')).toBeUndefined();
    expect(await cache.getMany(['none', 'k0'])).toEqual([undefined, 'text']);
  });

  it('gives back bytes', async () => {
    const cache = openCache<Buffer>(records.cache, { namespace: 'charts' });

    await cache.set('chart', Buffer.from([0, 255, 10]));

    expect(await cache.get('chart')).toEqual(Buffer.from([0, 255, 10]));
  });

  it('forgets a value when its time is over', async () => {
    const cache = openCache<string>(records.cache, { namespace: 'answers', ttl: MINUTE });
    await cache.set('short', 'v');
    await cache.set('long', 'v', 5 * MINUTE);
    await cache.set('ever', 'v', 0);
    now += MINUTE - 1;
    expect(await cache.get('short')).toBe('v');
    now += 1;

    expect(await cache.get('short')).toBeUndefined();
    expect(await cache.has('short')).toBe(false);
    expect(await cache.get(['short', 'long'])).toEqual([undefined, 'v']);
    expect((await entriesOf(cache)).length).toBe(2);

    now += 5 * MINUTE;
    expect(await entriesOf(cache)).toEqual([['ever', 'v']]);
  });

  it('starts the time again when a value is set again', async () => {
    const cache = openCache<string>(records.cache, { namespace: 'cooldown', ttl: MINUTE });
    await cache.set('k', 'old');
    now += MINUTE - 1;
    await cache.set('k', 'new');
    now += MINUTE - 1;

    expect(await cache.get('k')).toBe('new');
  });

  it('deletes one, several and all values', async () => {
    const cache = openCache<string>(records.cache, { namespace: 'answers' });
    for (const key of ['a', 'b', 'c', 'd']) await cache.set(key, key);

    expect(await cache.delete('a')).toBe(true);
    expect(await cache.delete('a')).toBe(false);
    expect(await cache.delete(['b', 'c'])).toBe(true);
    expect(await entriesOf(cache)).toEqual([['d', 'd']]);
    await cache.clear();
    expect(await entriesOf(cache)).toEqual([]);
  });

  it('keeps namespaces apart, also where keys look like the other’s', async () => {
    const one = openCache<string>(records.cache, { namespace: 'one' });
    const two = openCache<string>(records.cache, { namespace: 'two' });
    await one.set('k', '1');
    await two.set('k', '2');
    await one.set('two:k', '3');

    expect(await one.get('k')).toBe('1');
    expect(await two.get('k')).toBe('2');
    expect(await one.get('two:k')).toBe('3');
    await one.clear();
    expect(await one.get('k')).toBeUndefined();
    expect(await two.get('k')).toBe('2');
  });

  it('goes through many values, also while they are deleted', async () => {
    const cache = openCache<number>(records.cache, { namespace: 'many' });
    const keys = Array.from({ length: 250 }, (_, index) => `k${String(index).padStart(3, '0')}`);
    await cache.set('other:k', -1);
    await cache.delete('other:k');
    for (const [index, key] of keys.entries()) await cache.set(key, index);

    const seen = [];
    for await (const [key] of cache.iterator?.(undefined) ?? []) {
      seen.push(key);
      await cache.delete(key);
    }

    expect(seen).toEqual(keys);
    expect(await entriesOf(cache)).toEqual([]);
  });

  it('has nothing and says so when the database fails', async () => {
    const errors: unknown[] = [];
    const cache = openCache<string>(records.cache, {
      namespace: 'answers',
      onError: (error) => errors.push(error),
    });
    await cache.set('k', 'v');
    await records.close();

    expect(await cache.get('k')).toBeUndefined();
    expect(await cache.get(['k'])).toEqual([undefined]);
    expect(await cache.has('k')).toBe(false);
    expect(await cache.set('k', 'v')).toBe(false);
    expect(await cache.delete('k')).toBe(false);
    expect(errors).toHaveLength(5);
  });

  it('is there after the records are opened again', async () => {
    const cache = openCache<string>(records.cache, { namespace: 'answers' });
    await cache.set('k', 'v');

    const again = openCache<string>(records.cache, { namespace: 'answers' });

    expect(await again.get('k')).toBe('v');
    expect(await again.has('k')).toBe(true);
  });
});
