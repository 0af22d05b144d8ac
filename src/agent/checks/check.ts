import type { VerifyReport } from '../backup/verify.ts';
import type { Plan } from '../plan/plan.ts';
import type { ReadSystem } from '../system.ts';

/**
 * The outcome of looking at one thing. Only `error` fails a run.
 * - `postponed`: cannot be told now, will be looked at later
 * - `skipped`: does not apply here, and `reason` says why
 */
export interface CheckResult {
  readonly name: string;
  readonly status: 'ok' | 'info' | 'warning' | 'error' | 'postponed' | 'skipped';
  /** The figure: `done` of `of` things were as they should be. Equal to each other when all were. */
  readonly done: number;
  readonly of: number;
  /** What was counted: "settings", "files". */
  readonly unit: string;
  readonly reason?: string | undefined;
}

export interface CheckWork {
  readonly system: ReadSystem;
  readonly plan: Plan;
  /** Where a file of the new home lies now: prepared, or in the target where it did not have to change. */
  locate(rel: string): string;
  /** How the backup was verified. */
  readonly backup: VerifyReport;
}

export interface Check {
  readonly name: string;
  /** One sentence for docs. */
  readonly about: string;
  check(work: CheckWork): CheckResult | Promise<CheckResult>;
}

/** `ok` if everything counted was right, else `error` with the reason. */
export function counted(
  name: string,
  unit: string,
  done: number,
  of: number,
  reason: string | undefined,
): CheckResult {
  return { name, status: done === of ? 'ok' : 'error', done, of, unit, ...(done === of ? {} : { reason }) };
}
