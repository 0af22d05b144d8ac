import { AppError } from '../../shared/errors.ts';
import { openImport } from '../export/open-import.ts';
import { readExport } from '../export/read-export.ts';
import { rootOfJob } from '../roots.ts';
import { planMigration } from '../run/plan-migration.ts';
import { closeSurvey } from '../survey/survey.ts';
import { targetPath } from '../survey/target.ts';
import { exportFolder } from './export-numbers.ts';
import type { JobFunction } from './job.ts';
import { keepPlan, summaryOf } from './plan.ts';

/**
 * Makes the plan of importing an export with the edits that were made to it. The values of secrets come from the
 * installation; where they would need a passphrase the import is done at the terminal.
 */
export const importPlan: JobFunction<'import-plan'> = async ({ job, params }, work) => {
  const { system, settings } = work;
  const { id: root, path: source } = rootOfJob(system, settings.home, params.root);
  const folder = exportFolder(system, settings.home, params.export);
  const exported = readExport(system, folder);
  if (exported.manifest.source !== source) throw new AppError('EXPORT_UNKNOWN', { number: params.export });
  if (exported.manifest.sealed) throw new AppError('EXPORT_AT_TERMINAL', { path: folder });
  const { backups } = settings;
  const target = targetPath(system, settings.target);
  const imported = await openImport(system, exported, { source, target });
  const request = { source, target, backups, answers: new Map(), method: 'manual', imported } as const;
  const made = planMigration(system, request);
  try {
    const { record, bytes } = keepPlan(work, made, { job, root, source, exported: folder });
    const times = (state: string) => exported.files.filter((file) => file.state === state).length;
    const edits = {
      export: params.export,
      edited: times('edited'),
      added: times('added'),
      deleted: exported.removed.length,
      ignored: exported.ignored.length,
    };
    const summary = { ...edits, ...summaryOf(made) };
    return { end: 'plan', plan: record, bytes: bytes.length, summary };
  } finally {
    closeSurvey(made.survey);
  }
};
