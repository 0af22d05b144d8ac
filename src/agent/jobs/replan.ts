import { AppError } from '../../shared/errors.ts';
import type { Plan } from '../plan/plan.ts';
import { makePlan } from '../plan/plan.ts';
import { readOnly } from '../read-only-system.ts';
import { probePackage } from '../survey/package-probe.ts';
import { closeSurvey, takeSurvey } from '../survey/survey.ts';
import type { ReadSystem } from '../system.ts';
import type { MigrationFacts } from './stored-plans.ts';

/**
 * Looks at everything again and makes the plan that was approved, byte for byte. Its survey is the caller's to close.
 * @throws PLAN_STALE if it comes out as another one
 */
export function planAgain(system: ReadSystem, facts: MigrationFacts, created: Date): Plan {
  const reader = readOnly(system);
  const probe = probePackage(reader);
  const survey = takeSurvey(reader, facts.source, facts.target);
  try {
    const plan = makePlan(reader, survey, {
      run: facts.run,
      facts: {
        now: created,
        installationId: facts.installationId,
        packageVersion: probe.installed ? probe.version : undefined,
        platform: system.platform,
        registryPath: `${survey.target.path}/projects/registry.yaml`,
      },
      probe,
      answers: new Map(),
    });
    if (plan.digest !== facts.engine) throw new AppError('PLAN_STALE', { path: facts.source });
    return plan;
  } catch (error) {
    closeSurvey(survey);
    throw error;
  }
}
