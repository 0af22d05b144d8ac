import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Clocks } from '../../../src/agent/channel/clocks.ts';
import { stayConnected, type Try } from '../../../src/agent/channel/reconnect.ts';
import { CLOSE_CODES, type CloseName } from '../../../src/protocol/close-codes.ts';
import { NOW_S, TestClock } from '../../protocol/parties.ts';

/** Plays these tries; what it waited in between, and what was said. */
async function play(tries: readonly Try[], random = 0.5) {
  const waits: number[] = [];
  const lines: string[] = [];
  let n = 0;
  const ended = await stayConnected({
    connectOnce: async () => tries[n++] ?? { end: 'stopped' },
    wait: async (ms) => {
      waits.push(ms);
      return false;
    },
    random: () => random,
    tell: (line) => lines.push(line),
  });
  return { ended, waits, lines };
}

const unreachable: Try = { end: 'unreachable', reason: 'nobody listens there' };
const closed = (name: CloseName, proven = true): Try => ({
  end: 'closed',
  code: CLOSE_CODES[name].code,
  proven,
});

describe('staying connected', () => {
  it('waits longer after each failure, up to a minute, and says so once', async () => {
    const { waits, lines } = await play(
      Array.from({ length: 9 }, () => unreachable),
      1,
    );
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60].map((seconds) => seconds * 1000));
    expect(lines).toHaveLength(1);
  });

  it('begins with a second again after a proven connection', async () => {
    const { waits } = await play(
      [unreachable, unreachable, { end: 'closed', code: 1006, proven: true }, unreachable],
      1,
    );
    expect(waits).toEqual([1000, 2000, 1000, 2000]);
  });

  it('never waits less than nothing or more than a minute where trying helps', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(40), fc.double({ min: 0, max: 1, noNaN: true }), async (count, random) => {
        const { waits } = await play(
          Array.from({ length: count }, () => unreachable),
          random,
        );
        expect(waits.every((ms) => ms >= 0 && ms <= 60_000)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it.each(['AUTH_FAILED', 'REVOKED', 'UNPAIRED', 'VERSION'] as const)(
    'tells the person and tries once an hour after %s',
    async (name) => {
      const { waits, lines } = await play([closed(name, false), closed(name, false)]);
      expect(waits).toEqual([3_600_000, 3_600_000]);
      expect(lines[0]).toContain('an hour');
    },
  );

  it('ends when another agent took over, and goes on at once when the clocks are to be measured again', async () => {
    expect((await play([closed('REPLACED')])).ended).toBe('stop');
    expect(await play([{ end: 'again' }])).toMatchObject({ ended: 'stopped', waits: [] });
  });
});

describe('the two clocks', () => {
  it('are apart beyond two minutes, and have parted only where they agreed at the welcome', () => {
    const clock = new TestClock();
    expect(new Clocks(clock, NOW_S + 100, 0).areApart).toBe(false);
    const off = new Clocks(clock, NOW_S + 600, 0);
    expect([off.areApart, off.haveParted]).toEqual([true, false]);
    expect(off.later().getTime() - off.earlier().getTime()).toBe(600_000);
    const good = new Clocks(clock, NOW_S, 0);
    clock.pass(3_600_000);
    expect([good.areApart, good.hub()]).toEqual([false, clock.now()]);
  });
});
