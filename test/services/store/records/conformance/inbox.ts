import { describe, expect, it } from 'vitest';
import { anAgent, anId, START, type World } from './world.ts';

export function inboxConformance(world: () => World): void {
  const event = (agent: string, seq: number, job: string | null = null) => ({
    agent,
    epoch: 1,
    seq,
    event: 'job.accepted',
    job,
    raw: `jws ${seq}`,
  });

  describe('inbox', () => {
    it('keeps an event as it came, once', async () => {
      const { inbox } = world().records;
      const { id } = await anAgent(world());

      expect(await inbox.put(event(id, 1))).toBe('new');
      expect(await inbox.put(event(id, 1))).toBe('duplicate');

      expect(await inbox.find(id, 1, 1)).toEqual({ ...event(id, 1), receivedAt: START, handledAt: null });
      expect(await inbox.unhandled()).toHaveLength(1);
    });

    it('tells another event with a number that was used, and keeps the first', async () => {
      const { inbox } = world().records;
      const { id } = await anAgent(world());
      await inbox.put(event(id, 1));

      expect(await inbox.put({ ...event(id, 1), raw: 'jws of a copy' })).toBe('conflict');

      expect(await inbox.find(id, 1, 1)).toMatchObject({ raw: 'jws 1' });
    });

    it('counts numbers for each agent and epoch by themselves', async () => {
      const { inbox } = world().records;
      const [one, two] = [await anAgent(world()), await anAgent(world())];
      expect(await inbox.lastAcknowledged(one.id, 1)).toBe(0);

      for (const seq of [1, 2, 3]) await inbox.put(event(one.id, seq));
      expect(await inbox.put({ ...event(one.id, 1), epoch: 2 })).toBe('new');
      expect(await inbox.put(event(two.id, 1))).toBe('new');

      expect(await inbox.lastAcknowledged(one.id, 1)).toBe(3);
      expect(await inbox.lastAcknowledged(one.id, 2)).toBe(1);
      expect(await inbox.lastAcknowledged(two.id, 1)).toBe(1);
    });

    it('takes nothing from an agent that is not there', async () => {
      await expect(world().records.inbox.put(event('ag_none', 1))).rejects.toThrow();
    });

    it('lists what an agent said about a job, never what another one said', async () => {
      const { inbox } = world().records;
      const [one, two] = [await anAgent(world()), await anAgent(world())];
      const job = anId('job');
      for (const seq of [2, 1, 3]) await inbox.put(event(one.id, seq, seq === 3 ? anId('job') : job));
      await inbox.put(event(two.id, 1, job));

      const events = await inbox.eventsOf(one.id, job);

      expect(events.map(({ agent, seq }) => ({ agent, seq }))).toEqual([
        { agent: one.id, seq: 1 },
        { agent: one.id, seq: 2 },
      ]);
    });

    it('hands out what was not acted on, in order, until it was', async () => {
      const { inbox } = world().records;
      const { id } = await anAgent(world());
      for (const seq of [1, 2, 3]) {
        await inbox.put(event(id, seq));
        world().clock.now++;
      }

      expect(await inbox.markHandled(id, 1, 2)).toBe(true);
      expect(await inbox.markHandled(id, 1, 2)).toBe(false);

      expect((await inbox.unhandled()).map(({ seq }) => seq)).toEqual([1, 3]);
      expect((await inbox.unhandled(1)).map(({ seq }) => seq)).toEqual([1]);
    });
  });
}
