import { AppError } from '../../shared/errors.ts';
import { type OpenedImport, openImport } from '../export/open-import.ts';
import { readExport } from '../export/read-export.ts';
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
export async function planAgain(
  system: ReadSystem,
  facts: MigrationFacts,
  created: Date,
): Promise<{ readonly plan: Plan; readonly imported: OpenedImport | undefined }> {
  const { source, target, exported } = facts;
  const imported =
    exported === undefined
      ? undefined
      : await openImport(system, readExport(system, exported), { source, target });
  const reader = readOnly(imported?.view(system) ?? system);
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
      timers: facts.timers,
      method: imported === undefined ? undefined : 'manual',
    });
    if (plan.digest !== facts.engine) throw new AppError('PLAN_STALE', { path: facts.source });
    const entries = imported?.entries ?? [];
    return { plan: { ...plan, preconditions: [...plan.preconditions, ...entries] }, imported };
  } catch (error) {
    closeSurvey(survey);
    throw error;
  }
}
