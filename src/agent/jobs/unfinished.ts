import { AppError } from '../../shared/errors.ts';
import type { AgentHome } from '../agent-home.ts';
import type { LedgerRecord } from '../channel/command-ledger.ts';
import { type Run, readRecords, runOf } from '../run/run-record.ts';
import type { ReadSystem } from '../system.ts';
import type { PlanRecord, StoredPlans } from './stored-plans.ts';

/**
 * The unfinished run of a job; undefined for a job that wrote nothing yet, or whose run came
 * to its end.
 */
export function runOfJob(
  system: ReadSystem,
  home: AgentHome,
  plans: StoredPlans,
  { type, plan, run }: Pick<LedgerRecord, 'type' | 'plan' | 'run'>,
): Run | undefined {
  if (type === undefined || plan === undefined) return undefined;
  const known = plans.find(plan)?.record;
  const open = openRuns(system, home);
  return open.find(({ record }) => record.id === run || (known !== undefined && isRunOf(record, known)));
}

/** The plan that a run was started with. Runs that were started at the terminal have none that Discord knows. */
export function planOfRun(
  system: ReadSystem,
  home: AgentHome,
  plans: StoredPlans,
  isUsed: (plan: string) => boolean,
  run: string,
): PlanRecord | undefined {
  const record = readRecords(system, home).find(({ id }) => id === run);
  if (record === undefined) return undefined;
  return plans.all().find((plan) => isUsed(plan.digest) && isRunOf(record, plan));
}

function isRunOf(record: Run['record'], plan: PlanRecord): boolean {
  if (record.kind === 'migrate') return plan.migration?.run === record.id;
  return plan.rollback !== undefined && plan.rollback.backup === record.rollback?.backup;
}

function openRuns(system: ReadSystem, home: AgentHome): Run[] {
  return readRecords(system, home).flatMap((record) => {
    try {
      const run = runOf(system, home, record);
      return run.state.outcome === undefined ? [run] : [];
    } catch (error) {
      if (error instanceof AppError) return [];
      throw error;
    }
  });
}
