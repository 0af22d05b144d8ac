import { AppError } from '../../shared/errors.ts';
import { counted } from '../../shared/words.ts';
import { knownBackups } from '../backup-index.ts';
import { shortPath } from '../paths.ts';
import { unfinishedPrunes } from '../prune/prune-backups.ts';
import { damagedRecords } from '../run/run-record.ts';
import { IDENTITY, KIT } from './backup-key.ts';
import { exportMirror } from './backups/export.ts';
import { prune } from './backups/prune.ts';
import { recoveryKit } from './backups/recovery-kit.ts';
import { show } from './backups/show.ts';
import { verify } from './backups/verify.ts';
import { contentsInWords } from './backups/words.ts';
import { BACKUP_DIR } from './shared-options.ts';
import type { Answer, Call, Verb } from './verb.ts';
import { damagedRecordLines, damagedRecordsAsJson } from './views/damaged-records.ts';

export const backups: Verb = {
  name: 'backups',
  summary: 'list, verify, show, export and prune backups; make the kit that opens them elsewhere',
  usage:
    'list | verify [BACKUP] [--media] | show [BACKUP] [--files] | export [BACKUP] --mirror DIR [--with-secrets] | prune [--keep N] [--dry-run] | recovery-kit [--to FILE]',
  options: {
    media: { type: 'boolean', about: 'verify: read from the disk, not from memory, as far as that can be' },
    files: { type: 'boolean', about: 'show: every file by name' },
    mirror: { type: 'string', value: 'DIR', about: 'export: the folder to write the tree to; it is made' },
    'with-secrets': { type: 'boolean', about: 'export: what is encrypted too, in clear, each file 0600' },
    keep: { type: 'string', value: 'N', about: 'prune: how many of the newest stay (default: 3)' },
    'dry-run': { type: 'boolean', about: 'prune: show what would go, and why the others stay' },
    to: { type: 'string', value: 'FILE', about: 'recovery-kit: where it goes (default: beside the backups)' },
    kit: KIT,
    identity: IDENTITY,
    'backup-dir': BACKUP_DIR,
  },
  arguments: 2,
  async run(call) {
    const [action = 'list', given] = call.args;
    if (action !== 'prune') tellUnfinishedPrunes(call);
    switch (action) {
      case 'list':
        return listAll(call);
      case 'verify':
        return verify(call, given);
      case 'show':
        return show(call, given);
      case 'export':
        return exportMirror(call, given);
      case 'prune':
        return prune(call);
      case 'recovery-kit':
        return recoveryKit(call);
      default:
        throw new AppError('USAGE', {
          problem: `backups has list, verify, show, export, prune and recovery-kit, not "${action}"`,
          verb: 'backups',
        });
    }
  },
};

/** What waits to be deleted is no backup any more, and takes room until somebody says to go on. */
function tellUnfinishedPrunes({ system, settings, say }: Call): void {
  const left = unfinishedPrunes(system, settings.home);
  if (left === 0) return;
  say(`An earlier \`backups prune\` was interrupted: ${counted(left, 'backup')} of it still to be deleted.`);
  say('`migration-agent backups prune` deletes them, before it asks about others.');
}

function listAll({ system, settings }: Call): Answer {
  const all = knownBackups(system, settings.home, settings.backups);
  const text = all.map((backup) =>
    backup.complete
      ? `${backup.id}  ${backup.kind}  ${contentsInWords(backup)}  ${shortPath(backup.path, system.home)}`
      : `${backup.id}  not complete: ${backup.reason ?? 'unknown'}`,
  );
  const damaged = damagedRecords(system, settings.home);
  return {
    exit: 0,
    result: { backups: all, damaged_records: damagedRecordsAsJson(damaged) },
    text: [
      ...(all.length === 0 ? ['There are no backups yet.'] : text),
      ...(damaged.length === 0 ? [] : ['', ...damagedRecordLines(damaged, system.home)]),
    ],
  };
}
