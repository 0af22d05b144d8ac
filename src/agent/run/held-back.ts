import type { ReadSystem } from '../system.ts';
import type { Run } from './run-record.ts';
import { suspendedLines } from './scheduled-starts.ts';
import { suspendedTimers } from './suspended-timers.ts';

/** What a run that is not at its end holds back, so that nothing starts the old tool meanwhile. */
export interface HeldBack {
  /** Of the crontab, by number. */
  readonly lines: readonly number[];
  /** Of systemd, by name. */
  readonly timers: readonly string[];
}

export function heldBack(
  system: ReadSystem,
  { record, state, folder }: Pick<Run, 'record' | 'state' | 'folder'>,
): HeldBack {
  if (state.outcome !== undefined) return { lines: [], timers: [] };
  return {
    lines: suspendedLines(system, folder, record.id),
    timers: suspendedTimers(system, folder),
  };
}
