import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Bus } from '../../../services/store/bus.ts';

interface Topics {
  readonly count: { readonly value: number; readonly list?: number[] };
  readonly other: { readonly name: string };
}

export type OpenBus = (
  onError: (error: unknown, topic: string) => void,
) => Bus<Topics> | Promise<Bus<Topics>>;

/** Collects messages; `until(n)` waits for the n-th. */
function collector<T>() {
  const heard: T[] = [];
  let wake = () => {};
  return {
    heard,
    listen: (message: T) => {
      heard.push(message);
      wake();
    },
    async until(length: number): Promise<T[]> {
      while (heard.length < length) await new Promise<void>((resolve) => (wake = resolve));
      return heard;
    },
  };
}

/** What every bus has to do. `open` gives a new one that shares no topic with earlier ones. */
export function busConformance(name: string, open: OpenBus): void {
  describe(name, () => {
    let bus: Bus<Topics>;
    let errors: { error: unknown; topic: string }[];
    beforeEach(async () => {
      errors = [];
      bus = await open((error, topic) => errors.push({ error, topic }));
    });
    afterEach(() => bus.close());

    /** Returns when everything that was published before has been heard. */
    async function settled(): Promise<void> {
      const end = collector<Topics['other']>();
      const stop = await bus.subscribe('other', end.listen);
      await bus.publish('other', { name: 'end' });
      await end.until(1);
      await stop();
    }

    it('tells everyone who listens, in the order in which it was published', async () => {
      const [one, two] = [collector<Topics['count']>(), collector<Topics['count']>()];
      await bus.subscribe('count', one.listen);
      await bus.subscribe('count', two.listen);

      for (let value = 0; value < 20; value++) await bus.publish('count', { value });

      const expected = Array.from({ length: 20 }, (_, value) => ({ value }));
      expect(await one.until(20)).toEqual(expected);
      expect(await two.until(20)).toEqual(expected);
    });

    it('tells nothing of other topics and nothing from before', async () => {
      await bus.publish('count', { value: 1 });
      await settled();
      const count = collector<Topics['count']>();
      await bus.subscribe('count', count.listen);

      await bus.publish('other', { name: 'x' });
      await bus.publish('count', { value: 2 });

      expect(await count.until(1)).toEqual([{ value: 2 }]);
    });

    it('returns before anyone has heard', async () => {
      const order: string[] = [];
      const count = collector<Topics['count']>();
      await bus.subscribe('count', (message) => {
        order.push('heard');
        count.listen(message);
      });

      const publishing = bus.publish('count', { value: 1 });
      order.push('published');
      await publishing;
      await count.until(1);

      expect(order).toEqual(['published', 'heard']);
    });

    it('gives each listener a message of its own', async () => {
      const count = collector<Topics['count']>();
      await bus.subscribe('count', ({ list }) => void list?.push(9));
      await bus.subscribe('count', count.listen);
      const message = { value: 1, list: [1] };

      await bus.publish('count', message);

      expect(await count.until(1)).toEqual([{ value: 1, list: [1] }]);
      expect(message.list).toEqual([1]);
    });

    it('tells nothing to who has unsubscribed, and goes on telling the others', async () => {
      const [gone, stays] = [collector<Topics['count']>(), collector<Topics['count']>()];
      const stop = await bus.subscribe('count', gone.listen);
      await bus.subscribe('count', stays.listen);

      await bus.publish('count', { value: 1 });
      await gone.until(1);
      await bus.publish('count', { value: 2 });
      await stop();
      await stop();
      await bus.publish('count', { value: 3 });

      expect(await stays.until(3)).toHaveLength(3);
      expect(gone.heard).not.toContainEqual({ value: 3 });
    });

    it('subscribes one function twice and ends one of these', async () => {
      const count = collector<Topics['count']>();
      const stop = await bus.subscribe('count', count.listen);
      await bus.subscribe('count', count.listen);
      await stop();

      await bus.publish('count', { value: 1 });
      await settled();

      expect(count.heard).toEqual([{ value: 1 }]);
    });

    it('reports a listener that fails and disturbs nobody', async () => {
      const count = collector<Topics['count']>();
      await bus.subscribe('count', () => {
        throw new Error('at once');
      });
      await bus.subscribe('count', async () => {
        throw new Error('later');
      });
      await bus.subscribe('count', count.listen);

      await bus.publish('count', { value: 1 });
      await bus.publish('count', { value: 2 });
      await count.until(2);
      await settled();

      expect(errors.map(({ error, topic }) => `${topic}: ${(error as Error).message}`).toSorted()).toEqual([
        'count: at once',
        'count: at once',
        'count: later',
        'count: later',
      ]);
    });

    it('is silent once it is closed', async () => {
      const count = collector<Topics['count']>();
      await bus.subscribe('count', count.listen);

      await bus.close();
      await bus.close();
      await bus.publish('count', { value: 1 });
      const stop = await bus.subscribe('count', count.listen);
      await bus.publish('count', { value: 2 });
      await new Promise((resolve) => setImmediate(resolve));

      expect(count.heard).toEqual([]);
      await stop();
    });
  });
}
