import { dirname } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { chooseBackup } from '../backup-index.ts';
import { displayPath, shortPath } from '../paths.ts';
import { isAsInBackup, type RollbackPlace } from '../rollback/place.ts';
import { placesOf, previewRollback, type RollbackPreview } from '../rollback/preview.ts';
import { rollBack } from '../rollback/rollback.ts';
import { selectionFrom, wrong } from '../rollback/selection.ts';
import { evidenceOf } from '../run/journal.ts';
import { refuseDamaged } from '../run/record-folders.ts';
import { damagedRecords, newestRun, readRecords, runOf } from '../run/run-record.ts';
import { canAsk } from '../setup/talk.ts';
import { realPathSoFar } from '../survey/reachable.ts';
import { targetPath } from '../survey/target.ts';
import { givenKey, IDENTITY, KIT, keepKey } from './backup-key.ts';
import { restoreOneFile } from './restore-one-file.ts';
import { rollbackAnswer } from './rollback-answer.ts';
import { BACKUP_DIR, RECIPIENT, TARGET, ZSTD } from './shared-options.ts';
import { consentToStop, STOPPING } from './stop-orchestrator.ts';
import type { Call, Verb } from './verb.ts';
import { rollbackPreviewLines } from './views/rollback-preview.ts';

export const restoreMigrationBackup: Verb = {
  name: 'restore-migration-backup',
  aliases: ['restore-backup', 'rollback'],
  summary: 'take a migration back',
  usage:
    '[BACKUP] [--type full|config_only|selective] [--only WHAT]… [--keep PATH]… [--carry PROJECT]… [--dry-run] [--undo] [--stop-orchestrator] [--file PATH --to DIR] [--kit FILE] [--target DIR] [--backup-dir DIR] [--recipient age1…] [--zstd]',
  options: {
    type: {
      type: 'string',
      value: 'NAME',
      about:
        'what to restore: full (the default), config_only (config.yaml alone), selective (what --only names)',
    },
    only: {
      type: 'string',
      value: 'WHAT',
      multiple: true,
      about:
        'a path in the configuration home, category:NAME (config, credentials, projects, state, logs, custom), or project:NAME for the state of a project',
    },
    keep: {
      type: 'string',
      value: 'PATH',
      multiple: true,
      about: 'a file or folder of the configuration home that stays as it is now',
    },
    'leave-newer': {
      type: 'boolean',
      about:
        'do not carry over projects and secrets that are newer than the migration: they stay in the backup that is made first',
    },
    carry: {
      type: 'string',
      value: 'PROJECT',
      multiple: true,
      about:
        'a project that both the migration and you changed: it stays registered as it is now (else you are asked at a terminal, and the entry of before takes its place)',
    },
    'dry-run': { type: 'boolean', about: 'show what would be restored and write nothing' },
    undo: { type: 'boolean', about: 'take the newest rollback back, from the backup that it made first' },
    ...STOPPING,
    file: { type: 'string', value: 'PATH', about: 'only this file of the backup, to the folder --to' },
    to: { type: 'string', value: 'DIR', about: 'with --file: the folder that it goes to' },
    kit: KIT,
    identity: IDENTITY,
    target: TARGET,
    'backup-dir': BACKUP_DIR,
    recipient: RECIPIENT,
    zstd: ZSTD,
  },
  arguments: 1,
  async run(call) {
    const { system, settings, args, flags } = call;
    const selection = selectionFrom(String(flags['type'] ?? 'full'), call.all('only'), call.all('keep'));
    if (flags['undo'] === true && selection.type !== 'full')
      throw wrong('--undo takes a rollback back as a whole');
    const kind = flags['undo'] === true ? 'before-rollback' : 'before-migration';
    const target = realPathSoFar(system, targetPath(system, settings.target));
    const path = chooseBackup(system, settings.home, settings.backups, args[0], { kind, target });
    if (flags['file'] !== undefined) return restoreOneFile(call, path);
    if (flags['undo'] === true) refuseStaleUndo(call, target, path);
    const key = await givenKey(call);
    const preview = await previewRollback(system, settings.home, path, selection, key);
    const named = namedConflicts(call, preview);
    const lines = rollbackPreviewLines(preview, system.home);
    if (flags['dry-run'] === true)
      return {
        exit: 0,
        result: previewResult(preview),
        text: ['Rollback preview (nothing was written)', ...lines],
      };
    if (isAsBefore(call, target, preview)) {
      const what = selection.type === 'full' ? 'the configuration home' : 'what you chose';
      const text = [...lines, '', `Nothing to do: ${what} is exactly as in the backup.`];
      return { exit: 0, result: { outcome: 'nothing-to-do' }, text };
    }
    for (const line of lines) call.say(line);
    call.say('');
    const declined = { exit: 0, result: { outcome: 'declined' }, text: ['Nothing was changed.'] };
    if (!(await call.confirm(question(call, preview)))) return declined;
    const mine = await chosenConflicts(call, preview, named);
    const consent = await consentToStop(call, preview);
    if (consent === 'declined') return declined;
    if (key !== undefined) keepKey(call, key);
    // Beside the backup that is restored: there is room for backups, and the person looks for them there.
    const carry = flags['leave-newer'] !== true;
    const backups = flags['backup-dir'] === undefined ? dirname(path) : settings.backups;
    return rollbackAnswer(
      call,
      await rollBack(system, settings.home, backups, preview, { consent, carry, mine }),
    );
  },
};

/** @throws ROLLBACK_SELECTION for one about which there is nothing to choose */
function namedConflicts(call: Call, { newerItems }: RollbackPreview): string[] {
  const names = call.all('carry').map((name) => name.replace(/^project:/, ''));
  const stray = names.find((name) => !newerItems.some((one) => one.isConflict && one.name === name));
  if (stray !== undefined)
    throw wrong(`there is no project "${stray}" that the migration and you both changed`);
  return names;
}

/** Projects whose entries of now are to win; nobody is asked about those that were named. */
async function chosenConflicts(
  call: Call,
  { newerItems }: RollbackPreview,
  named: readonly string[],
): Promise<readonly string[]> {
  const chosen = [...named];
  const open = newerItems.filter(({ isConflict, name }) => isConflict && !named.includes(name));
  if (!canAsk(call)) return chosen;
  for (const { name, stays } of open) {
    call.say(`You changed project ${name} since, and ${stays}.`);
    if (await call.confirm(`Keep project ${name} registered as it is now?`)) chosen.push(name);
  }
  return chosen;
}

function question({ system }: Call, { selection, home, projects }: RollbackPreview): string {
  const name = shortPath(home.path, system.home);
  if (selection.type === 'full') return `Roll back ${name}?`;
  if (selection.type === 'config_only') return `Roll back config.yaml of ${name}?`;
  const named = selection.only.filter((one) => !one.startsWith('project:'));
  const states = projects.map(({ path }) => `the state in ${shortPath(path, system.home)}`);
  return `Roll back ${[...named, ...states].join(', ')}?`;
}

/** A rollback of nothing would be the newest run, and `--undo` would no longer reach the one before. */
function isAsBefore({ system, settings }: Call, target: string, preview: RollbackPreview): boolean {
  if (!placesOf(preview).every(isAsInBackup)) return false;
  const open = newestRun(system, settings.home, 'open');
  return open === undefined || open.record.target !== target;
}

/**
 * `--undo` takes the newest rollback back, and nothing that was done after it.
 * @throws NOTHING_TO_UNDO; RUN_RECORD_DAMAGED where nobody can tell what was done after it
 */
function refuseStaleUndo({ system, settings }: Call, target: string, backup: string): void {
  const record = readRecords(system, settings.home).find((one) => one.target === target);
  const newest = record && runOf(system, settings.home, record);
  refuseDamaged(
    damagedRecords(system, settings.home).filter(({ id }) => record === undefined || id > record.id),
  );
  const kept = newest && (evidenceOf(newest.entries, 'save-present') as { path?: string } | null | undefined);
  if (newest?.record.kind !== 'rollback' || kept?.path !== backup)
    throw new AppError('NOTHING_TO_UNDO', { target });
}

function previewResult(preview: RollbackPreview): object {
  const { backup, selection, home, projects, newer, newerItems, state, references, setup, settings } =
    preview;
  return {
    backup: backup.manifest.id,
    ...selection,
    target: home.path,
    target_was_present: home.wasPresent,
    ...differenceOf(home),
    projects: projects.map((place) => ({ path: place.path, ...differenceOf(place) })),
    newer,
    newer_items: newerItems.map(({ kind, name, change, stays, isConflict }) => ({
      kind,
      name,
      change,
      carried: stays === undefined,
      conflict: isConflict,
      ...(stays === undefined ? {} : { reason: stays }),
    })),
    project_state: state,
    references,
    setup,
    settings,
  };
}

function differenceOf({ difference }: RollbackPlace): object {
  return {
    restore: difference.restore.map(({ rel }) => displayPath(rel)),
    unchanged: difference.unchanged,
    move_aside: difference.remove.map((rel) => displayPath(rel) || '.'),
  };
}
