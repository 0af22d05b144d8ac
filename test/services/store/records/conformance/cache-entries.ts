import { describe, expect, it } from 'vitest';
import { MINUTE, type World } from './world.ts';

export function cacheEntriesConformance(world: () => World): void {
  describe('cache entries', () => {
    it('replaces value and expiry together', async () => {
      const { cache } = world().records;
      await cache.set('a', 'k', 'first', MINUTE);
      await cache.set('a', 'k', 'second', undefined);
      world().clock.now += MINUTE;

      expect(await cache.get('a', 'k')).toBe('second');
    });

    it('never returns what has expired, and removes it in all namespaces', async () => {
      const { cache } = world().records;
      await cache.set('a', 'k', 'v', MINUTE);
      await cache.set('b', 'k', 'v', 0.5);
      await cache.set('b', 'stays', 'v', undefined);
      world().clock.now += MINUTE;

      expect(await cache.get('a', 'k')).toBeUndefined();
      expect(await cache.page('a', undefined, 10)).toEqual([]);
      expect(await cache.getMany('b', ['k', 'stays'])).toEqual(new Map([['stays', 'v']]));
      expect(await cache.removeExpired()).toBe(2);
      expect(await cache.removeExpired()).toBe(0);
    });

    it('pages through a namespace in the order of its keys', async () => {
      const { cache } = world().records;
      for (const key of ['b', 'a', 'c']) await cache.set('n', key, key, undefined);

      expect(await cache.page('n', undefined, 2)).toMatchObject([{ key: 'a' }, { key: 'b' }]);
      expect(await cache.page('n', 'b', 2)).toMatchObject([{ key: 'c' }]);
    });
  });
}
