import { describe, expect, it } from 'vitest';
import { DayBudget } from '../../../services/hub/day-budget.ts';
import { Pace } from '../../../services/hub/pace.ts';
import { PER_AGENT } from '../../../src/protocol/limits.ts';
import { TestClock } from '../../protocol/parties.ts';

describe('what is stored in a day', () => {
  it('is bounded for each agent, and begins anew with the next day', () => {
    const clock = new TestClock();
    const budget = new DayBudget(clock);

    expect(budget.spend('a', PER_AGENT.storedBytesPerDay)).toBe(true);
    expect(budget.spend('a', 1)).toBe(false);
    expect(budget.spend('b', 1)).toBe(true);

    clock.pass(24 * 3_600_000);
    expect(budget.spend('a', 1)).toBe(true);
  });
});

describe('the pace', () => {
  it('lets so many through in a second, and the next ones in the next', async () => {
    const pace = new Pace(2);
    await pace.turn();
    await pace.turn();
    let isThrough = false;
    const third = pace.turn().then(() => {
      isThrough = true;
    });
    await Promise.resolve();
    expect(isThrough).toBe(false);

    pace.tick();
    await third;

    expect(isThrough).toBe(true);
  });
});
