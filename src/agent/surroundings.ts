import { type Assessment, assess, type Surroundings } from './plan/assessment.ts';
import { diskNeed } from './plan/disk-need.ts';
import { estimate } from './plan/estimate.ts';
import type { Plan } from './plan/plan.ts';
import { readinessOf } from './plan/readiness.ts';
import { measureThroughput } from './plan/throughput.ts';
import { readOnly } from './read-only-system.ts';
import { searchReferences } from './references/search.ts';
import { type MigrationRequest, planMigration } from './run/plan-migration.ts';
import type { AgentSettings } from './settings.ts';
import { hygieneFindings } from './survey/hygiene.ts';
import { findLocalPatches } from './survey/local-patches/find-local-patches.ts';
import { machineFacts } from './survey/machine/machine-facts.ts';
import { closeSurvey } from './survey/survey.ts';
import type { ReadSystem } from './system.ts';

export interface Assessed {
  readonly plan: Plan;
  readonly around: Surroundings;
  readonly assessment: Assessment;
}

/**
 * Looks at an installation and at what is around it. Writes nothing; the survey of the plan is the caller's to close.
 * @throws as `planMigration`
 */
export function assessInstallation(
  system: ReadSystem,
  settings: Pick<AgentSettings, 'home' | 'backups'>,
  request: MigrationRequest,
): Assessed {
  const begun = system.elapsed();
  const plan = planMigration(readOnly(system), request);
  try {
    return assessPlan(system, settings, plan, system.elapsed() - begun);
  } catch (error) {
    closeSurvey(plan.survey);
    throw error;
  }
}

/** The same of a plan that is there already; making it took `planningMs`. */
export function assessPlan(
  system: ReadSystem,
  settings: Pick<AgentSettings, 'home' | 'backups'>,
  plan: Plan,
  planningMs: number,
): Assessed {
  const around = lookAround(readOnly(system), settings, plan, planningMs);
  return { plan, around, assessment: assess(plan.survey, plan.content, around) };
}

/** What an assessment says beyond the plan: the person's changes of upstream, what outside names the clone, the computer. */
function lookAround(
  system: ReadSystem,
  { home, backups }: Pick<AgentSettings, 'home' | 'backups'>,
  plan: Plan,
  planningMs: number,
): Surroundings {
  const { survey, content } = plan;
  const need = diskNeed(plan);
  return {
    patches: findLocalPatches(system, survey, content.package),
    references: searchReferences(system, { home, backups }, survey, content.package),
    hygiene: hygieneFindings(system, survey),
    machine: machineFacts(system, survey, content.package),
    readiness: readinessOf(system, survey, { backups, agentHome: home.path }, need),
    estimate: estimate(planningMs, measureThroughput(system, survey), need),
    now: system.now(),
  };
}
