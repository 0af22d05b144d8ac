import { writeExport } from '../export/write-export.ts';
import { shortPath } from '../paths.ts';
import { readOnly } from '../read-only-system.ts';
import { rootOfJob } from '../roots.ts';
import { closeSurvey, takeSurvey } from '../survey/survey.ts';
import { targetPath } from '../survey/target.ts';
import { newExport } from './export-numbers.ts';
import type { JobFunction } from './job.ts';

/**
 * Exports an installation into a new folder of the agent's home, for the person at the machine to edit. Never with the values
 * of secrets: for that a passphrase is typed at the terminal.
 */
export const exportJob: JobFunction<'export'> = async ({ params }, { system, settings, tell }) => {
  const { path: source } = rootOfJob(system, settings.home, params.root);
  const survey = takeSurvey(readOnly(system), source, targetPath(system, settings.target));
  try {
    const { number, folder } = newExport(system, settings.home);
    const { manifest, secrets } = await writeExport(system, survey, { folder });
    tell(`export ${number} is in ${shortPath(folder, system.home)}`);
    const of = (...kinds: readonly string[]) => manifest.files.filter(({ kind }) => kinds.includes(kind));
    return {
      end: 'done',
      result: {
        export: number,
        editable: of('settings', 'env').length,
        state: of('state').length,
        bytes: manifest.files.reduce((sum, { bytes }) => sum + bytes, 0),
        secrets,
        left_out: manifest.left_out.length,
      },
    };
  } finally {
    closeSurvey(survey);
  }
};
