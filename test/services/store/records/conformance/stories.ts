import { describe, expect, it } from 'vitest';
import { ANA, anAgent, anId, BEN, MINUTE, START, STRANGERS, type World } from './world.ts';

export function storiesConformance(world: () => World): void {
  const story = () => ({ id: anId('story'), ...ANA, state: { step: 'assess', picked: [] } });

  describe('stories', () => {
    it('keeps where the card is and where the wizard stands', async () => {
      const { stories } = world().records;
      const agent = await anAgent(world());
      const places = { channel: 'c1', thread: 't1', card: 'm1', agent: agent.id, job: 'j1' };
      const made = { ...story(), ...places };

      const kept = await stories.create(made);

      expect(kept).toEqual({ ...made, version: 1, createdAt: START, updatedAt: START, endedAt: null });
      expect(await stories.find(made.id, ANA)).toEqual(kept);
      expect(await stories.ofThread('t1', ANA)).toEqual(kept);
      expect(await stories.ofJob('j1', ANA)).toEqual(kept);
      expect(await stories.ofOwner(ANA)).toEqual([kept]);
    });

    it.each(STRANGERS)('shows a story to nobody else: %o', async (stranger) => {
      const { stories } = world().records;
      const { id } = await stories.create({ ...story(), thread: 't1', job: 'j1' });

      expect(await stories.find(id, stranger)).toBeUndefined();
      expect(await stories.ofThread('t1', stranger)).toBeUndefined();
      expect(await stories.ofJob('j1', stranger)).toBeUndefined();
      expect(await stories.ofOwner(stranger)).toEqual([]);
      expect(await stories.change(id, stranger, () => ({ state: 'taken' }))).toBeUndefined();
      expect(await stories.find(id, ANA)).toMatchObject({ version: 1 });
    });

    it('takes one story for each thread, and any number without one', async () => {
      const { stories } = world().records;
      await stories.create({ ...story(), thread: 't1' });
      await stories.create(story());
      await stories.create(story());

      await expect(stories.create({ ...story(), thread: 't1' })).rejects.toThrow();
    });

    it('takes no machine of somebody else', async () => {
      const { stories } = world().records;
      const theirs = await anAgent(world(), BEN);
      const { id } = await stories.create(story());

      await expect(stories.create({ ...story(), agent: theirs.id })).rejects.toThrow();
      await expect(stories.change(id, ANA, () => ({ agent: theirs.id }))).rejects.toThrow();
    });

    it('changes what is named and leaves the rest', async () => {
      const { stories } = world().records;
      const { id } = await stories.create({ ...story(), thread: 't1' });
      world().clock.now += MINUTE;

      const changed = await stories.change(id, ANA, () => ({ card: 'm1', state: { step: 'approve' } }));

      expect(changed).toMatchObject({
        thread: 't1',
        card: 'm1',
        state: { step: 'approve' },
        version: 2,
        createdAt: START,
        updatedAt: START + MINUTE,
      });
      expect(await stories.find(id, ANA)).toEqual(changed);
    });

    it('leaves a story that nothing is to be changed in', async () => {
      const { stories } = world().records;
      const kept = await stories.create(story());

      expect(await stories.change(kept.id, ANA, () => undefined)).toEqual(kept);
      expect(await stories.find(kept.id, ANA)).toEqual(kept);
    });

    it('loses none of many changes at once', async () => {
      const { stories } = world().records;
      const { id } = await stories.create({ ...story(), state: { count: 0 } });
      const countUp = (state: unknown) => ({ count: (state as { count: number }).count + 1 });

      await Promise.all(
        Array.from({ length: 10 }, () => stories.change(id, ANA, ({ state }) => ({ state: countUp(state) }))),
      );

      expect(await stories.find(id, ANA)).toMatchObject({ state: { count: 10 }, version: 11 });
    });

    it('lists what has not ended, the longest unchanged first', async () => {
      const { stories } = world().records;
      const ids = [];
      for (let count = 0; count < 3; count++) {
        ids.push((await stories.create(story())).id);
        world().clock.now += MINUTE;
      }
      await stories.change(ids[0] as string, ANA, () => ({ card: 'm1' }));
      await stories.change(ids[1] as string, ANA, () => ({ endedAt: world().clock.now }));

      expect((await stories.open()).map(({ id }) => id)).toEqual([ids[2], ids[0]]);
      expect((await stories.ofOwner(ANA)).map(({ id }) => id)).toEqual(ids.toReversed());
    });
  });
}
