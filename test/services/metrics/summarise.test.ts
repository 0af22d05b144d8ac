import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { summarise } from '../../../services/metrics/summarise.ts';
import type { MetricsEvent } from '../../../services/store/records/events.ts';

const DAY = 86_400_000;
let made = 0;

function event(kind: MetricsEvent['kind'], changes: Partial<MetricsEvent> = {}): MetricsEvent {
  made++;
  return {
    id: `event-${made}`,
    at: 0,
    guild: 'g',
    kind,
    method: 'automated',
    segment: 'basic',
    durationMs: null,
    code: null,
    story: `story-${made}`,
    ...changes,
  };
}

describe('a summary', () => {
  it('of nothing has zeros and no median', () => {
    expect(summarise([])).toEqual({
      attempts: 0,
      successes: 0,
      failed: 0,
      rolledBack: 0,
      abandoned: 0,
      postponed: 0,
      medianMs: undefined,
      methods: {},
      segments: {},
      codes: [],
    });
  });

  it('keeps a success that was taken back after more than seven days', () => {
    const success = (story: string) => event('success', { story });
    const events = [
      success('a'),
      success('b'),
      success('c'),
      event('rolled_back', { story: 'a', at: 7 * DAY }),
      event('rolled_back', { story: 'b', at: 7 * DAY + 1 }),
    ];

    expect(summarise(events)).toMatchObject({ successes: 2, rolledBack: 2 });
  });

  it('names failures by code, the most frequent first', () => {
    const codes = ['AWM-1', 'AWM-2', 'AWM-2', null].map((code) => event('failed', { code }));

    expect(summarise(codes)).toMatchObject({
      failed: 4,
      codes: [
        { code: 'AWM-2', count: 2 },
        { code: 'AWM-1', count: 1 },
      ],
    });
  });

  it('has a median with as many durations at or below it as at or above it', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000_000), { minLength: 1 }), (durations) => {
        const { medianMs = Number.NaN } = summarise(
          durations.map((durationMs) => event('success', { durationMs })),
        );
        const below = durations.filter((one) => one <= medianMs).length;
        const above = durations.filter((one) => one >= medianMs).length;
        expect(Math.min(below, above)).toBeGreaterThanOrEqual(durations.length / 2);
      }),
    );
  });
});
