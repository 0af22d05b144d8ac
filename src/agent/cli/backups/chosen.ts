import { chooseBackup } from '../../backup-index.ts';
import { realPathSoFar } from '../../survey/reachable.ts';
import { targetPath } from '../../survey/target.ts';
import type { Call } from '../verb.ts';

/** The folder of the backup that was named, else of the newest from before a migration. @throws BACKUP_NOT_FOUND */
export function chosenBackup({ system, settings }: Call, given: string | undefined): string {
  return chooseBackup(system, settings.home, settings.backups, given, {
    kind: 'before-migration',
    target: realPathSoFar(system, targetPath(system, settings.target)),
  });
}
