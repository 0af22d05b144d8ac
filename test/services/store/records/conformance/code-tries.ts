import { describe, expect, it } from 'vitest';
import { PAIRING } from '../../../../../src/protocol/limits.ts';
import { ANA, BEN, presser, type World } from './world.ts';

export function codeTriesConformance(world: () => World): void {
  describe('tries of codes', () => {
    it('are five of one person in ten minutes, and those that did not count are not added', async () => {
      const { codeTries } = world().records;
      for (let n = 0; n < PAIRING.codeTriesPerUser; n++)
        expect(await codeTries.take(presser(ANA))).toBe(true);

      expect(await codeTries.take(presser(ANA))).toBe(false);
      expect(await codeTries.take(presser(BEN))).toBe(true);
      world().clock.now += PAIRING.codeTriesMs;
      await codeTries.removeOld();
      expect(await codeTries.take(presser(ANA))).toBe(true);
    });

    it('of many at once do not slip through together', async () => {
      const { codeTries } = world().records;
      const taken = await Promise.all(Array.from({ length: 9 }, () => codeTries.take(presser(ANA))));

      expect(taken.filter(Boolean)).toHaveLength(PAIRING.codeTriesPerUser);
    });
  });
}
