import type { CheckResult } from '../checks/check.ts';
import { loadPlan, type Run } from '../run/run-record.ts';
import type { AgentSettings } from '../settings.ts';
import type { System } from '../system.ts';
import type { HomeCheckWork } from './home-check.ts';
import { HOME_CHECKS } from './home-checks.ts';
import { lastMigration } from './last-migration.ts';

/** Looks at a home as it is now: quickly, or with everything. Writes nothing. */
export async function checkHome(
  system: System,
  settings: Pick<AgentSettings, 'home' | 'backups'>,
  target: string,
  isThorough: boolean,
): Promise<{ readonly checks: readonly CheckResult[]; readonly run: Run | undefined }> {
  const run = lastMigration(system, settings, (record) => record.target === target);
  const work: HomeCheckWork = {
    system,
    settings,
    target,
    run,
    content: run === undefined ? undefined : loadPlan(system, run),
  };
  const checks: CheckResult[] = [];
  for (const one of HOME_CHECKS) if (isThorough || !one.isThorough) checks.push(await one.check(work));
  return { checks, run };
}
