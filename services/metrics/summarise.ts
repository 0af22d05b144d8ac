import type { MetricsSummary } from '../services.ts';
import type { MetricsEvent } from '../store/records/events.ts';

/** A rollback within this time counts against the success before it (experience.md, Metrics). */
const TAKEN_BACK_WITHIN_MS = 7 * 24 * 3_600_000;

/**
 * The figures of some events. A success that was taken back within 7 days is no success, but a rollback; the median is
 * that of all runs that came to their end, since they took that long.
 */
export function summarise(events: readonly MetricsEvent[]): MetricsSummary {
  const of = (kind: MetricsEvent['kind']) => events.filter((event) => event.kind === kind);
  const back = of('rolled_back');
  const successes = of('success');
  const kept = successes.filter(({ story, at }) => !back.some((one) => isTakenBack(one, story, at)));
  return {
    attempts: of('attempt').length,
    successes: kept.length,
    failed: of('failed').length,
    rolledBack: back.length,
    abandoned: of('abandoned').length,
    postponed: of('postponed').length,
    medianMs: median(successes.flatMap(({ durationMs }) => durationMs ?? [])),
    methods: counted(of('attempt').map(({ method }) => method)),
    segments: counted(of('attempt').map(({ segment }) => segment)),
    codes: Object.entries(counted(of('failed').flatMap(({ code }) => code ?? [])))
      .map(([code, count]) => ({ code, count }))
      .sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1)),
  };
}

function isTakenBack(back: MetricsEvent, story: string | null, at: number): boolean {
  return story !== null && back.story === story && back.at >= at && back.at - at <= TAKEN_BACK_WITHIN_MS;
}

/** The one in the middle, or the mean of the two there; undefined of nothing. */
function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const low = sorted[Math.floor((sorted.length - 1) / 2)];
  const high = sorted[Math.floor(sorted.length / 2)];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}

function counted(words: readonly (string | null)[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word ?? 'unknown'] = (counts[word ?? 'unknown'] ?? 0) + 1;
  return counts;
}
