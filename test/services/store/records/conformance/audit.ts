import { describe, expect, it } from 'vitest';
import { ANA, ANA_ELSEWHERE, HOUR, START, type World } from './world.ts';

export function auditConformance(world: () => World): void {
  const { guild } = ANA;

  describe('audit', () => {
    it('keeps the order of lines that come within one millisecond', async () => {
      const { audit } = world().records;
      const bodies = Array.from({ length: 30 }, (_, count) => `line ${count}`);

      for (const body of bodies) await audit.append({ kind: 'decision', body, guild, actor: ANA.owner });

      const rows = await audit.list(guild, { from: START, to: START + 1 });
      expect(rows.map(({ body }) => body)).toEqual(bodies);
      expect(rows[0]).toMatchObject({ at: START, guild, agent: null, job: null, actor: ANA.owner });
      expect(await audit.list(ANA_ELSEWHERE.guild, { from: 0, to: START + 1 })).toEqual([]);
    });

    it('drops lines after 90 days', async () => {
      const { audit } = world().records;
      await audit.append({ kind: 'command', body: 'old', guild });
      world().clock.now += 90 * 24 * HOUR;
      await audit.append({ kind: 'event', body: 'new', guild });

      expect(await audit.removeOld()).toBe(0);
      world().clock.now++;
      expect(await audit.removeOld()).toBe(1);

      const rows = await audit.list(guild, { from: 0, to: world().clock.now });
      expect(rows.map(({ body }) => body)).toEqual(['new']);
    });
  });
}
