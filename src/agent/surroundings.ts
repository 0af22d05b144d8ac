import type { Surroundings } from './plan/assessment.ts';
import type { Plan } from './plan/plan.ts';
import { readOnly } from './read-only-system.ts';
import { searchReferences } from './references/search.ts';
import type { AgentSettings } from './settings.ts';
import { hygieneFindings } from './survey/hygiene.ts';
import { findLocalPatches } from './survey/local-patches/find-local-patches.ts';
import type { ReadSystem } from './system.ts';

/** What an assessment says beyond the plan: the person's changes of upstream, what outside names the clone, open secrets. */
export function lookAround(
  system: ReadSystem,
  settings: Pick<AgentSettings, 'home' | 'backups'>,
  { survey, content }: Pick<Plan, 'survey' | 'content'>,
): Surroundings {
  return {
    patches: findLocalPatches(readOnly(system), survey, content.package),
    references: searchReferences(system, settings, survey, content.package),
    hygiene: hygieneFindings(system, survey),
  };
}
