import type { Entry } from './journal.ts';
import { MIGRATION_STEPS } from './migration-steps.ts';
import type { Phase } from './phases.ts';

/** Milliseconds that each phase was worked on, by a run's journal; a step that was done twice counts twice. */
export function phaseTimes(entries: readonly Entry[]): ReadonlyMap<Phase, number> {
  const times = new Map<Phase, number>();
  const begun = new Map<string, number>();
  for (const entry of entries) {
    if (entry.type === 'intent') begun.set(entry.step, Date.parse(entry.at));
    if (entry.type !== 'done') continue;
    const phase = MIGRATION_STEPS.find(({ id }) => id === entry.step)?.phase;
    const start = begun.get(entry.step);
    if (phase === undefined || start === undefined) continue;
    begun.delete(entry.step);
    times.set(phase, (times.get(phase) ?? 0) + Math.max(0, Date.parse(entry.at) - start));
  }
  return times;
}
