import type { AgentHome } from '../agent-home.ts';
import { type Look, lookAsJson, looksOf } from '../health/looks.ts';
import type { Run } from '../run/run-record.ts';
import type { ReadSystem } from '../system.ts';
import { type Probation, probationOf } from './probation.ts';

/** How the time after a migration stands. */
export interface ProbationNow {
  readonly source: string;
  /** Undefined where the clone is gone. */
  readonly probation: Probation | undefined;
  /** The clone was not used for long enough; whether it may be retired is looked at then. */
  readonly isOver: boolean;
  readonly looks: readonly Look[];
}

/** Undefined for a run that is no migration of a clone. */
export function probationNow(system: ReadSystem, home: AgentHome, run: Run): ProbationNow | undefined {
  const { migrate } = run.record;
  if (migrate === undefined) return undefined;
  const isThere = system.stat(migrate.source)?.kind === 'folder';
  const probation = isThere ? probationOf(system, migrate.source, run) : undefined;
  return {
    source: migrate.source,
    probation,
    isOver: probation !== undefined && system.now() >= probation.ends,
    looks: looksOf(system, home, run),
  };
}

/** The same as data, for `--json`. */
export function probationAsJson({ source, probation, isOver, looks }: ProbationNow): object {
  return {
    source,
    since: probation?.since.toISOString() ?? null,
    ends: probation?.ends.toISOString() ?? null,
    used: probation?.used ?? null,
    over: isOver,
    looks: looks.map(lookAsJson),
  };
}
