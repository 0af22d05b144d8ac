import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ANA, ANA_ELSEWHERE, anId, MINUTE, START, type World } from './world.ts';

export function eventsConformance(world: () => World): void {
  const { guild } = ANA;
  const all = { guild, from: 0, to: START + MINUTE };

  describe('events', () => {
    it('counts an event once, however often it is told', async () => {
      const { events } = world().records;

      expect(await events.record({ id: 'j1:success', guild, kind: 'success', durationMs: 5 })).toBe('new');
      expect(await events.record({ id: 'j1:success', guild, kind: 'failed' })).toBe('duplicate');

      expect(await events.list(all)).toEqual([
        {
          id: 'j1:success',
          at: START,
          guild,
          kind: 'success',
          method: null,
          segment: null,
          durationMs: 5,
          code: null,
          story: null,
        },
      ]);
    });

    it('counts nothing where nothing happened', async () => {
      expect(await world().records.events.summary(all)).toEqual({
        attempt: 0,
        success: 0,
        failed: 0,
        rolled_back: 0,
        postponed: 0,
        abandoned: 0,
        medianMs: null,
      });
    });

    it('counts each kind of this guild between two moments', async () => {
      const { events } = world().records;
      const record = (kind: 'attempt' | 'failed' | 'rolled_back', at: number, where = guild) =>
        events.record({ id: anId('e'), at, guild: where, kind, method: 'guided', code: 'AWM-1506' });
      await record('attempt', START - 1);
      await record('attempt', START);
      await record('failed', START);
      await record('rolled_back', START + 1);
      await record('attempt', START + 2);
      await record('attempt', START, ANA_ELSEWHERE.guild);

      expect(await events.summary({ guild, from: START, to: START + 2 })).toMatchObject({
        attempt: 1,
        failed: 1,
        rolled_back: 1,
        success: 0,
      });
    });

    it('gives the exact median of the successes’ durations, and of these alone', async () => {
      const { events } = world().records;
      await fc.assert(
        fc.asyncProperty(fc.array(fc.nat(2 ** 40), { minLength: 1, maxLength: 9 }), async (durations) => {
          const here = anId('guild');
          for (const durationMs of durations) {
            await events.record({ id: anId('e'), guild: here, kind: 'success', durationMs });
          }
          await events.record({ id: anId('e'), guild: here, kind: 'failed', durationMs: 1 });
          await events.record({ id: anId('e'), guild: here, kind: 'success' });

          const { medianMs, success } = await events.summary({ ...all, guild: here });

          const sorted = durations.toSorted((a, b) => a - b);
          const low = sorted[Math.floor((sorted.length - 1) / 2)] as number;
          const high = sorted[Math.floor(sorted.length / 2)] as number;
          expect(medianMs).toBe((low + high) / 2);
          expect(success).toBe(durations.length + 1);
        }),
        { numRuns: 25 },
      );
    });
  });
}
