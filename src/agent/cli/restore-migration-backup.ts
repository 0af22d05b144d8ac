import { dirname } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { counted } from '../../shared/words.ts';
import { chooseBackup } from '../backup-index.ts';
import { displayPath, shortPath } from '../paths.ts';
import { previewRollback, type RollbackPreview } from '../rollback/preview.ts';
import { rollBack } from '../rollback/rollback.ts';
import { evidenceOf } from '../run/journal.ts';
import { listRuns, loadRun, newestRun } from '../run/run-record.ts';
import { realPathSoFar } from '../survey/reachable.ts';
import { targetPath } from '../survey/target.ts';
import { rollbackAnswer } from './rollback-answer.ts';
import type { Call, Verb } from './verb.ts';
import { facts, shortList } from './views/table.ts';

export const restoreMigrationBackup: Verb = {
  name: 'restore-migration-backup',
  aliases: ['restore-backup', 'rollback'],
  summary: 'take a migration back',
  usage: '[BACKUP] [--type full] [--dry-run] [--undo] [--target DIR] [--backup-dir DIR]',
  options: {
    type: { type: 'string', value: 'NAME', about: 'what to restore; this version knows: full (the default)' },
    'dry-run': { type: 'boolean', about: 'show what would be restored and write nothing' },
    undo: { type: 'boolean', about: 'take the newest rollback back, from the backup that it made first' },
    target: {
      type: 'string',
      value: 'DIR',
      about: 'the configuration home (default: where the package looks)',
    },
    'backup-dir': {
      type: 'string',
      value: 'DIR',
      about: 'the folder that backups are kept in (default: ~/.agent-workflow-backups)',
    },
  },
  arguments: 1,
  async run(call) {
    const { system, settings, args, flags } = call;
    const type = flags['type'] ?? 'full';
    if (type !== 'full')
      throw new AppError('USAGE', {
        problem: `this version restores the type full only, not "${String(type)}"`,
        verb: 'restore-migration-backup',
      });
    const kind = flags['undo'] === true ? 'before-rollback' : 'before-migration';
    const target = realPathSoFar(system, targetPath(system, settings.target));
    const path = chooseBackup(system, settings.home, settings.backups, args[0], { kind, target });
    if (flags['undo'] === true) refuseStaleUndo(call, target, path);
    const preview = await previewRollback(system, settings.home, path);
    const lines = previewLines(call, preview);
    if (flags['dry-run'] === true)
      return {
        exit: 0,
        result: previewResult(preview),
        text: ['Rollback preview (nothing was written)', ...lines],
      };
    if (isAsBefore(call, target, preview)) {
      const text = [...lines, '', 'Nothing to do: the configuration home is exactly as in the backup.'];
      return { exit: 0, result: { outcome: 'nothing-to-do' }, text };
    }
    for (const line of lines) call.say(line);
    call.say('');
    const agreed = await call.confirm(`Roll back ${shortPath(preview.target, system.home)}?`);
    if (!agreed) return { exit: 0, result: { outcome: 'declined' }, text: ['Nothing was changed.'] };
    // Beside the backup that is restored: there is room for backups, and the person looks for them there.
    const backups = flags['backup-dir'] === undefined ? dirname(path) : settings.backups;
    return rollbackAnswer(call, await rollBack(system, settings.home, backups, preview));
  },
};

/** A rollback of nothing would be the newest run, and `--undo` would no longer reach the one before. */
function isAsBefore({ system, settings }: Call, target: string, { difference }: RollbackPreview): boolean {
  if (difference.restore.length > 0 || difference.remove.length > 0) return false;
  const open = newestRun(system, settings.home, 'open');
  return open === undefined || open.record.target !== target;
}

/** `--undo` takes the newest rollback back, and nothing that was done after it. @throws NOTHING_TO_UNDO */
function refuseStaleUndo({ system, settings }: Call, target: string, backup: string): void {
  const newest = listRuns(system, settings.home)
    .map((id) => loadRun(system, settings.home, id))
    .find(({ record }) => record.target === target);
  const kept = newest && (evidenceOf(newest.entries, 'save-present') as { path?: string } | null | undefined);
  if (newest?.record.kind !== 'rollback' || kept?.path !== backup)
    throw new AppError('NOTHING_TO_UNDO', { target });
}

function previewResult({
  backup,
  target,
  targetWasPresent,
  difference,
  newer,
  state,
  references,
}: RollbackPreview): object {
  return {
    backup: backup.manifest.id,
    target,
    target_was_present: targetWasPresent,
    restore: difference.restore.map(({ rel }) => displayPath(rel)),
    unchanged: difference.unchanged,
    move_aside: difference.remove.map((rel) => displayPath(rel) || '.'),
    newer: newer,
    project_state: state,
    references,
  };
}

function previewLines({ system }: Call, preview: RollbackPreview): string[] {
  const { backup, target, targetWasPresent, difference, newer, state, references } = preview;
  const home = shortPath(target, system.home);
  const aside = targetWasPresent
    ? shortList(difference.remove.map((rel) => displayPath(rel)))
    : difference.remove.length === 0
      ? []
      : [`  - ${home} as a whole, since there was none before`];
  return [
    '',
    ...facts([
      ['Backup', `${backup.manifest.id}, verified`],
      ['Target', home],
      ['Restored', String(difference.restore.length)],
      ['Unchanged', String(difference.unchanged)],
      ['Moved aside', String(difference.remove.length)],
      ['Project state', stateWords(state)],
    ]),
    ...(aside.length === 0 ? [] : ['', 'Moved aside, not deleted', ...aside]),
    ...(newer.length === 0
      ? []
      : ['', 'Newer than the migration: kept in the backup that is made first', ...shortList(newer)]),
    ...(references.length === 0
      ? []
      : [
          '',
          'Lines that start the package: as before, where nobody changed them since',
          ...shortList(references.map((file) => shortPath(file, system.home))),
        ]),
  ];
}

function stateWords({ files, changed }: RollbackPreview['state']): string {
  if (files === 0) return 'none in this backup';
  return changed === 0
    ? `${counted(files, 'file')}, all as before`
    : `${changed} of ${counted(files, 'file')} newer, left alone`;
}
