import { AppError } from '../../shared/errors.ts';
import { checkHome } from '../health/check-home.ts';
import { lookAsJson, lookInWords, looksOf } from '../health/looks.ts';
import { shortPath } from '../paths.ts';
import { realPathSoFar } from '../survey/reachable.ts';
import { targetPath } from '../survey/target.ts';
import { TARGET } from './shared-options.ts';
import type { Verb } from './verb.ts';
import { checkLines } from './views/checks.ts';

export const health: Verb = {
  name: 'health',
  summary: 'look at the new home as it is now',
  usage: '[--check-all] [--target DIR]',
  options: {
    'check-all': {
      type: 'boolean',
      about: 'also read every byte of the backup, compare with the clone, and ask the package',
    },
    target: TARGET,
  },
  arguments: 0,
  async run({ system, settings, flags }) {
    const target = realPathSoFar(system, targetPath(system, settings.target));
    if (system.stat(target)?.kind !== 'folder') throw new AppError('HOME_MISSING', { path: target });
    const { checks, run } = await checkHome(system, settings, target, flags['check-all'] === true);
    const looks = run === undefined ? [] : looksOf(system, settings.home, run);
    const failed = checks.filter(({ status }) => status === 'error');
    const [first] = failed;
    const error =
      first &&
      new AppError('HEALTH_PROBLEMS', {
        count: failed.length,
        of: checks.length,
        check: first.name,
        reason: first.reason ?? '',
      });
    return {
      exit: error === undefined ? 0 : 1,
      result: { target, run: run?.record.id ?? null, checks, looks: looks.map(lookAsJson) },
      text: [
        `New home: ${shortPath(target, system.home)}`,
        ...checkLines(checks),
        ...(looks.length === 0 ? [] : ['', 'Looked at since the migration']),
        ...looks.map((look) => `  ${lookInWords(look)}`),
      ],
      error,
    };
  },
};
