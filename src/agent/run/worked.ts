import type { Entry } from './journal.ts';

/** Milliseconds that a run was worked on, by its journal: without the time in which it was interrupted or waited. */
export function workedMs(entries: readonly Entry[]): number {
  return entries.reduce((total, { type, at }, index) => {
    const before = entries[index - 1];
    // What begins anew begins after a rest.
    if (before === undefined || type === 'resume' || before.type === 'pause') return total;
    return total + Math.max(0, Date.parse(at) - Date.parse(before.at));
  }, 0);
}
