import { describe, expect, it } from 'vitest';
import { ANA, ANA_ELSEWHERE, BEN, HOUR, presser, START, type World } from './world.ts';

export function componentsConformance(world: () => World): void {
  const button = {
    route: 'migrate',
    ...ANA,
    data: { step: 'choose', of: [1, null] },
    expiresAt: START + HOUR,
  };

  describe('components', () => {
    it('finds what a button stands for, for the person whose it is', async () => {
      const { components } = world().records;

      const id = await components.create(button);

      expect(id).toMatch(/^[\w-]{22}$/);
      expect(await components.find(id, presser(ANA))).toEqual({ id, ...button, createdAt: START });
      expect(await components.find(id, presser(BEN))).toBeUndefined();
      expect(await components.find(id, presser(ANA_ELSEWHERE))).toBeUndefined();
      expect(await components.find('none', presser(ANA))).toBeUndefined();
    });

    it('lets everyone in the guild press a button without an owner', async () => {
      const { components } = world().records;

      const id = await components.create({ ...button, owner: null });

      expect(await components.find(id, presser(BEN))).toMatchObject({ route: 'migrate', owner: null });
      expect(await components.find(id, presser(ANA_ELSEWHERE))).toBeUndefined();
    });

    it('forgets a button when it has expired', async () => {
      const { components } = world().records;
      const [old, young] = [
        await components.create(button),
        await components.create({ ...button, expiresAt: START + 2 * HOUR }),
      ];
      world().clock.now = START + HOUR;

      expect(await components.find(old, presser(ANA))).toBeUndefined();
      expect(await components.removeExpired()).toBe(1);
      expect(await components.removeExpired()).toBe(0);
      expect(await components.find(young, presser(ANA))).toBeDefined();
    });

    it('takes nothing that JSON cannot hold', async () => {
      const { components } = world().records;

      await expect(components.create({ ...button, data: undefined })).rejects.toThrow(TypeError);
    });
  });
}
