import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ANA, ANA_ELSEWHERE, type World } from './world.ts';

export function settingsConformance(world: () => World): void {
  describe('settings', () => {
    it('gives back any JSON that was stored', async () => {
      const { settings } = world().records;
      await fc.assert(
        fc.asyncProperty(fc.jsonValue(), async (value) => {
          await settings.set(ANA.guild, 'metrics.card', value);

          const expected = JSON.parse(JSON.stringify(value));
          expect(await settings.get(ANA.guild, 'metrics.card')).toEqual(expected);
        }),
      );
    });

    it('keeps guilds and keys apart', async () => {
      const { settings } = world().records;
      await settings.set(ANA.guild, 'one', 1);
      await settings.set(ANA.guild, 'two', 2);
      await settings.set(ANA_ELSEWHERE.guild, 'one', 3);

      await settings.remove(ANA.guild, 'one');

      expect(await settings.get(ANA.guild, 'one')).toBeUndefined();
      expect(await settings.get(ANA.guild, 'two')).toBe(2);
      expect(await settings.get(ANA_ELSEWHERE.guild, 'one')).toBe(3);
    });
  });
}
