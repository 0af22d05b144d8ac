import { join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { effectiveValues } from '../checks/effective-values.ts';
import { planMigration } from '../run/plan-migration.ts';
import { closeSurvey } from '../survey/survey.ts';
import { type HomeCheck, skipped } from './home-check.ts';

/** What the old files say beside what the new ones say, as long as the clone is there to be asked. */
export const oldAndNew: HomeCheck = {
  name: effectiveValues.name,
  about:
    'What the clone’s settings say is read back from the new home key by key, as long as the clone is there.',
  isThorough: true,
  of: /^(config\.yaml|projects\/registry\.yaml|credentials\.(key|enc))$/,
  async check({ system, target, run }) {
    const migrate = run?.record.migrate;
    const skip = (reason: string) => skipped(effectiveValues.name, 'values', reason);
    if (run === undefined || migrate === undefined) return skip('no migration into this home is known');
    if (system.stat(migrate.source)?.kind !== 'folder') return skip('the clone is not there any more');
    if (migrate.storePassword === true)
      return skip('the old store needs its password, which is kept nowhere');
    try {
      const answers = new Map(Object.entries(migrate.answers));
      const request = {
        source: migrate.source,
        target,
        backups: run.record.backups,
        answers,
        withoutTimers: true,
      };
      const plan = planMigration(system, request);
      try {
        const backup = { checks: [] } as never;
        return await effectiveValues.check({ system, plan, backup, locate: (rel) => join(target, rel) });
      } finally {
        closeSurvey(plan.survey);
      }
    } catch (error) {
      if (error instanceof AppError) return skip(error.message);
      throw error;
    }
  },
};
