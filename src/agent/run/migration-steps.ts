import { join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { createBackup } from '../backup/create.ts';
import { loadOrCreateIdentity } from '../backup/identity.ts';
import { distrustParts } from '../backup/reuse.ts';
import { type VerifyReport, verifyBackup } from '../backup/verify.ts';
import { rememberBackup } from '../backup-index.ts';
import type { CheckResult } from '../checks/check.ts';
import { checkCommands } from '../checks/command-functionality.ts';
import { CHECKS } from '../checks/index.ts';
import { removeTree } from '../files.ts';
import { displayPath } from '../paths.ts';
import { countPlaceholders } from '../plan/ledger.ts';
import { checkPreconditions } from '../plan/preconditions.ts';
import { rememberContents } from '../rollback/home-contents.ts';
import { rememberAfter } from '../rollback/newer-work.ts';
import { findRunning } from '../survey/orchestrator.ts';
import { isUsable } from '../survey/package-probe.ts';
import { backupRequest } from './backup-request.ts';
import type { Json } from './journal.ts';
import { listPlaced, listPrepared, newerInHome, readPlacedList } from './placed-list.ts';
import {
  type PlacementFolders,
  type PlacementPlan,
  place,
  planFromJson,
  planPlacements,
  planToJson,
  takeAllBack,
} from './placement.ts';
import { stageRecords } from './records.ts';
import { chosenStart, giveBackLines, giveBackOrTell, suspendLines } from './scheduled-starts.ts';
import { stageConfig, stageCredentials, stageRegistry, syncFolders } from './staging.ts';
import { checksFromJson, type Step, type StepResult, type StepWork } from './step.ts';
import { restartOrTell, restartTimers, suspendTimers } from './suspended-timers.ts';
import { checkAsBefore, rememberBefore } from './target-before.ts';
import { checkWorkFolders, newerNote } from './work-folders.ts';

/** The steps of a migration, in order. */
export const MIGRATION_STEPS: readonly Step[] = [
  { id: 'check-machine', phase: 'analyze', run: checkMachine, undo: giveBackStarts },
  { id: 'make-backup', phase: 'backup', run: makeBackup },
  { id: 'verify-backup', phase: 'backup', run: verify },
  {
    id: 'stage-config',
    phase: 'convert',
    run: whileUnchanged((work) => counted(stageConfig(work.system, work.folders.staging, work.plan()))),
  },
  {
    id: 'stage-credentials',
    phase: 'credentials',
    run: whileUnchanged((work) => counted(stageCredentials(work.system, work.folders.staging, work.plan()))),
  },
  {
    id: 'stage-registry',
    phase: 'register',
    run: whileUnchanged((work) => counted(stageRegistry(work.system, work.folders.staging, work.plan()))),
  },
  { id: 'check-staged', phase: 'validate', run: whileUnchanged(checkStaged) },
  placement('place', ({ folders }) => folders, checkAsBefore),
  { id: 'ask-package', phase: 'finalize', run: askPackage },
  { id: 'stage-records', phase: 'finalize', run: writeRecords },
  placement('place-records', ({ recordFolders }) => recordFolders),
  { id: 'clean-up', phase: 'finalize', run: cleanUp },
];

function checkMachine(work: StepWork): StepResult {
  refuseRunning(work);
  rememberBefore(work.system, work.folder, work.plan().survey.target);
  if (chosenStart(work.content) === 'suspend') {
    suspendTimers(work);
    suspendLines(work);
  }
  const { counts, ledger } = work.content;
  return {
    summary: {
      projects: counts.project.total,
      settings: counts.key.total,
      secrets: counts.secret.total - countPlaceholders(ledger),
      files: counts.file.total,
    },
  };
}

function giveBackStarts(work: StepWork): void {
  restartTimers(work);
  giveBackLines(work);
}

async function makeBackup(work: StepWork): Promise<StepResult> {
  const identity = await loadOrCreateIdentity(work.system, work.home.path);
  const recipients = [...(work.record.recipients ?? []), ...work.home.recipients];
  const zstd = work.record.zstd === true || work.home.zstd;
  const request = { ...backupRequest(work.plan(), work.record), recipients, zstd };
  const result = await createBackup(work.system, request, identity, (progress) => {
    if (work.stopAsked())
      throw new AppError('INTERRUPTED', { step: 'in the middle of the backup, which is made anew' });
    const { files: n, ofFiles: of, bytes } = progress;
    work.emit({ type: 'progress', phase: 'backup', n, of, bytes });
  });
  rememberBackup(work.system, work.home, {
    id: result.id,
    path: result.path,
    kind: request.kind,
    target: work.record.target,
  });
  return {
    data: {
      id: result.id,
      path: result.path,
      files: result.files,
      bytes: result.bytes,
      sealed: result.sealed,
    },
  };
}

/** Reads every byte of it back: a backup that was not verified is not one. */
async function verify(work: StepWork): Promise<StepResult> {
  const made = work.evidence('make-backup') as { path: string; files: number; bytes: number };
  const identity = await loadOrCreateIdentity(work.system, work.home.path);
  const report = await verifyBackup(work.system, made.path, identity, { isEachHashed: true });
  const failed = report.checks.find((check) => !check.ok);
  if (failed !== undefined) {
    distrustParts(work.system, made.path);
    throw new AppError('BACKUP_DAMAGED', {
      backup: made.path,
      reason: `${failed.name}: ${failed.reason ?? ''}`,
    });
  }
  const { done: verified, of: verifiedOf } = readBack(report);
  return {
    data: report as unknown as Json,
    summary: { files: made.files, bytes: made.bytes, verified, verifiedOf },
  };
}

/** How many of a backup's files were read back and are as they were. */
export function readBack({ checks }: Pick<VerifyReport, 'checks'>): {
  readonly done: number;
  readonly of: number;
} {
  const read = checks.filter(({ name }) => name === 'file_checksums' || name === 'credential_encryption');
  const sum = (key: 'done' | 'of') => read.reduce((total, check) => total + check[key], 0);
  return { done: sum('done'), of: sum('of') };
}

async function checkStaged(work: StepWork): Promise<StepResult> {
  const { system, folders } = work;
  const locate = (rel: string) => {
    const staged = join(folders.staging, rel);
    return system.lstat(staged) === undefined ? join(folders.target, rel) : staged;
  };
  const backup = work.evidence('verify-backup') as never;
  const results = await Promise.all(
    CHECKS.map((check) => check.check({ system, plan: work.plan(), locate, backup })),
  );
  const failed = results.filter(({ status }) => status === 'error');
  if (failed[0] !== undefined) {
    const { name, reason = '' } = failed[0];
    throw new AppError('VALIDATION_FAILED', { count: failed.length, check: name, reason });
  }
  syncFolders(system, folders.staging);
  const ok = results.filter(({ status }) => status !== 'error').length;
  return { data: results as unknown as Json, summary: { checks: ok, of: results.length } };
}

/**
 * Everything goes from staging into the target. The list of renames is in the journal before the first of them, so that
 * after a crash it is known which ones remain; taking them back gives the folders their old times again.
 */
function placement(
  id: string,
  foldersOf: (work: StepWork) => PlacementFolders,
  check: (work: StepWork) => void = () => {},
): Step {
  const plan = `${id}:plan`;
  return {
    id,
    phase: 'finalize',
    run: (work) => {
      const { system, folder } = work;
      const folders = foldersOf(work);
      checkWorkFolders(work);
      if (work.evidence(plan) === undefined) {
        refuseRunning(work);
        check(work);
        const planned = planPlacements(system, folders);
        listPrepared(system, folder, id, folders, planned.placements);
        work.journal.add({ type: 'done', step: plan, data: planToJson(planned) });
      }
      const { placements } = planFromJson(work.evidence(plan));
      for (const one of placements) place(system, folders, one);
      listPlaced(system, folder, id, folders, placements);
      return { data: { placed: placements.length } };
    },
    undo: (work) => {
      const evidence = work.evidence(plan);
      if (evidence === undefined) return;
      checkWorkFolders(work);
      const planned = planFromJson(evidence);
      noteNewerWork(work, id, foldersOf(work), planned);
      for (const path of takeAllBack(work.system, foldersOf(work), planned))
        work.emit({ type: 'kept', path: displayPath(path), what: 'what was written there meanwhile' });
    },
  };
}

/** Once it is moved, a change of the placed file itself can no longer be told from the move. */
function noteNewerWork(work: StepWork, id: string, folders: PlacementFolders, plan: PlacementPlan): void {
  const { system, journal, folder } = work;
  const note = newerNote(id);
  if (work.evidence(note) !== undefined) return;
  const entries = newerInHome(system, readPlacedList(system, folder, id), folders, plan.placements);
  if (entries > 0) journal.add({ type: 'done', step: note, data: { entries } });
}

function askPackage(work: StepWork): StepResult {
  const result = checkCommands(work.system, work.record.target, work.content.package);
  return { data: result as unknown as Json };
}

function writeRecords(work: StepWork): StepResult {
  checkWorkFolders(work);
  removeTree(work.system, work.recordFolders.staging);
  const checks = [...checksFromJson(work.evidence('check-staged')), work.evidence('ask-package') as never];
  const names = stageRecords(work, checks);
  syncFolders(work.system, work.recordFolders.staging);
  return { data: names as unknown as Json };
}

function cleanUp(work: StepWork): StepResult {
  restartOrTell(work);
  giveBackOrTell(work);
  rememberAfter(work.system, work.folder, work.record.target);
  rememberContents(work.system, work.home, work.folder, work.record.target);
  const { package: probe } = work.content;
  const { done: commands, of: commandsOf } = work.evidence('ask-package') as unknown as CheckResult;
  return {
    summary: { usable: isUsable(probe) ? 1 : 0, ...(probe.installed ? { commands, commandsOf } : {}) },
  };
}

/** What a step prepared, for the journal and for whoever watches. */
function counted(figures: Readonly<Record<string, number>>): StepResult {
  return { data: figures, summary: figures };
}

/** The source is looked at again before each step that was planned from it. */
function whileUnchanged(run: (work: StepWork) => StepResult | Promise<StepResult>): Step['run'] {
  return (work) => {
    refuseRunning(work);
    checkWorkFolders(work);
    checkPreconditions(work.system, work.plan().preconditions);
    return run(work);
  };
}

function refuseRunning({ system, content, record }: StepWork): void {
  const running = findRunning(system, content.source, record.target);
  if (running !== undefined) throw new AppError('ORCHESTRATOR_RUNNING', { pid: running.pid });
}
