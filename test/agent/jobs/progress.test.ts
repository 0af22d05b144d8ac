import { describe, expect, it } from 'vitest';
import { ProgressPacer, progressOf } from '../../../src/agent/jobs/progress.ts';

describe('progress', () => {
  it('is told at most twice a second, and the latest of what came in between is told', () => {
    let now = 0;
    const timers: { at: number; run: () => void }[] = [];
    const told: [number, number][] = [];
    const pacer = new ProgressPacer(
      {
        after: (ms, run) => {
          timers.push({ at: now + ms, run });
          return () => {};
        },
      },
      () => now,
      ({ n }) => told.push([now, n]),
    );
    for (now = 0; now <= 2_000; now += 50) {
      for (const timer of timers.filter(({ at }) => at <= now)) {
        timers.splice(timers.indexOf(timer), 1);
        timer.run();
      }
      pacer.tell({ phase: 'backup', n: now, of: 2_000 });
    }
    expect(told.map(([at]) => at)).toEqual([0, 500, 1000, 1500, 2000]);
    expect(told.every(([at, n]) => at - n <= 50)).toBe(true);
  });

  it('never names where something was kept', () => {
    expect(progressOf({ type: 'kept', path: '/home/ada/secret', what: 'a file' })).toBeUndefined();
    expect(progressOf({ type: 'undoing' })).toEqual({ phase: 'rollback', n: 0, of: 1 });
  });
});
