import { type Run, readRecords, runOf } from '../run/run-record.ts';
import type { AgentSettings } from '../settings.ts';
import type { ReadSystem } from '../system.ts';

/** The newest migration that fits, came to its end and was not rolled back since. */
export function lastMigration(
  system: ReadSystem,
  { home }: Pick<AgentSettings, 'home'>,
  fits: (record: Run['record']) => boolean,
): Run | undefined {
  for (const record of readRecords(system, home).filter(fits)) {
    const run = runOf(system, home, record);
    if (record.kind === 'rollback' && run.state.outcome === 'rolled-back') return undefined;
    if (run.state.outcome === 'complete' || run.state.outcome === 'not-yet-usable') return run;
  }
  return undefined;
}
