import { ownCommand } from '../own-command.ts';
import { readOnly } from '../read-only-system.ts';
import type { AgentSettings } from '../settings.ts';
import type { PackageProbe } from '../survey/package-probe.ts';
import { realPathSoFar } from '../survey/reachable.ts';
import { findReferences, type References } from '../survey/references/find-references.ts';
import type { Survey } from '../survey/survey.ts';
import { usualTarget } from '../survey/target.ts';
import type { ReadSystem } from '../system.ts';

/** Everything outside of the clone that names it, as this program would replace it. Reads only. */
export function searchReferences(
  system: ReadSystem,
  settings: Pick<AgentSettings, 'home' | 'backups'>,
  survey: Survey,
  probe: PackageProbe,
): References {
  const target = survey.target.path;
  return findReferences(readOnly(system), survey, {
    launch: {
      agent: ownCommand(system),
      probe,
      target,
      // A crontab has none of the variables that this process was started with.
      isDefaultTarget: target === realPathSoFar(system, usualTarget(system)),
    },
    ignored: [settings.home.path, settings.backups],
  });
}
