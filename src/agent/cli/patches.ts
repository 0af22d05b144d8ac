import { resolve } from 'node:path';
import { counted } from '../../shared/words.ts';
import { exportPatches } from '../patches/export-patches.ts';
import { shortPath } from '../paths.ts';
import { readOnly } from '../read-only-system.ts';
import { findLocalPatches } from '../survey/local-patches/find-local-patches.ts';
import type { FoundPatch, LocalPatch } from '../survey/local-patches/local-patch.ts';
import { locateSource } from '../survey/locate.ts';
import { probePackage } from '../survey/package-probe.ts';
import { closeSurvey, takeSurvey } from '../survey/survey.ts';
import { targetPath } from '../survey/target.ts';
import { TARGET } from './shared-options.ts';
import type { Verb } from './verb.ts';
import { patchLines } from './views/patches.ts';

export const patches: Verb = {
  name: 'patches',
  summary: 'your own changes of the clone, and where each of them goes',
  usage: '[SOURCE] [--export DIR] [--target DIR]',
  options: {
    export: {
      type: 'string',
      value: 'DIR',
      about: 'write those that are to carry as .patch files with a note, into a new or empty folder',
    },
    target: TARGET,
  },
  arguments: 1,
  async run({ system, settings, args, flags }) {
    const source = locateSource(system, args[0], 'patches');
    const reader = readOnly(system);
    const survey = takeSurvey(reader, source, targetPath(system, settings.target));
    try {
      const found = findLocalPatches(reader, survey, probePackage(reader));
      const folder = typeof flags['export'] === 'string' ? resolve(system.cwd, flags['export']) : undefined;
      const exported = folder === undefined ? [] : exportPatches(system, source, folder, found);
      const names = new Map(exported.map(({ id, file }) => [id, file]));
      return {
        exit: 0,
        result: {
          source,
          git: found.git,
          upstream: found.upstream ?? null,
          patches: found.patches.map((patch) => ({ ...shown(patch), exported: names.get(patch.id) ?? null })),
          not_listed: found.more,
          export: folder ?? null,
        },
        text: [
          `Your changes of ${shortPath(source, system.home)}`,
          '',
          ...patchLines(found),
          ...(folder === undefined
            ? []
            : [
                `${counted(exported.length, 'patch', 'patches')} and NOTES.md written to ${shortPath(folder, system.home)}.`,
              ]),
        ],
      };
    } finally {
      closeSurvey(survey);
    }
  },
};

function shown({ patch: _, ...local }: FoundPatch): LocalPatch {
  return local;
}
