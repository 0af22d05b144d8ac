import { AppError } from '../../shared/errors.ts';
import type { AgentHome } from '../agent-home.ts';
import { removeTree } from '../files.ts';
import type { Plan } from '../plan/plan.ts';
import { removeLeftScratch } from '../rehearsal/scratch-folder.ts';
import { closeSurvey } from '../survey/survey.ts';
import type { System } from '../system.ts';
import { executeSteps, finish, type RunReport, reports, type Stops, undoSteps } from './execute.ts';
import { isSystemError, toldInWords } from './in-words.ts';
import { evidenceOf, Journal, readJournal } from './journal.ts';
import { lockTarget, underLock } from './lock.ts';
import { MIGRATION_STEPS } from './migration-steps.ts';
import type { Kept, RunEvent } from './phases.ts';
import { placementFolders } from './placement.ts';
import {
  type GivenAgain,
  importAgain,
  type MigrationRequest,
  planAgain,
  recordOf,
} from './plan-migration.ts';
import { refuseBlocked, refuseOpen, refuseRunning, refuseUsed, refuseWithoutSources } from './refuse.ts';
import { createRun, loadPlan, type Run, type RunRecord, type RunState, stateOf } from './run-record.ts';
import { refuseDue } from './scheduled-starts.ts';
import type { StepWork } from './step.ts';
import { suspendTimersAgain } from './suspended-timers.ts';
import { refuseWorkFolders } from './work-folders.ts';

/** What the caller wants to hear, and how it stops a run. */
export interface RunHooks extends Stops {
  emit(event: RunEvent): void;
}

/**
 * Carries out a plan that was just made. The journal is on the disk before anything else is.
 * @throws PLAN_USED, PLAN_OVERDUE, DECISIONS_OPEN, SOURCE_UNREADABLE, SETTINGS_UNREADABLE, LOCKED, RUN_OPEN, ORCHESTRATOR_RUNNING, SCHEDULED_START_DUE, BACKUP_PLACE, STEP_CONFLICT before anything is written
 */
export async function runMigration(
  system: System,
  home: AgentHome,
  request: MigrationRequest,
  plan: Plan,
  hooks: RunHooks,
): Promise<RunReport> {
  const machine = request.imported?.view(system) ?? system;
  return toldInWords(request.target, () => lockAndRun(machine, home, request, plan, hooks));
}

async function lockAndRun(
  system: System,
  home: AgentHome,
  request: MigrationRequest,
  plan: Plan,
  hooks: RunHooks,
): Promise<RunReport> {
  refuseUsed(system, home, plan);
  refuseBlocked(system, request, home, plan);
  refuseDue(system, plan);
  const { survey, content } = plan;
  const lock = lockTarget(system, survey.target.path);
  try {
    removeLeftScratch(system, home);
    refuseOpen(system, home, survey.target.path);
    refuseWorkFolders(system, survey.target.path, content.run);
    const { recipients, zstd } = home;
    const record = {
      ...recordOf(request, plan),
      ...(recipients.length > 0 && { recipients }),
      ...(zstd && { zstd }),
    };
    const folder = createRun(system, home, record, plan.bytes);
    try {
      return await carryOut(system, home, record, folder, () => plan, content, hooks, 'begin');
    } catch (error) {
      if (isSystemError(error)) forgetIfNothingBegan(system, folder, record.id);
      throw error;
    }
  } finally {
    lock.release();
  }
}

/** A run that could not even announce its first step has done nothing, and there is nothing to go on with. */
function forgetIfNothingBegan(system: System, folder: string, run: string): void {
  if (readJournal(system, folder, run).every(({ type }) => type === 'begin')) removeTree(system, folder);
}

/**
 * Goes on with an interrupted or paused migration from where its journal says it stopped.
 * @throws LOCKED, STORE_PASSWORD_NEEDED, ENVIRONMENT_CHANGED, TIMER_NOT_STOPPED; of a paused run also PLAN_STALE, ORCHESTRATOR_RUNNING and SCHEDULED_START_DUE,
 * and it stays paused as it was. What else is found once it goes on is reported, and the run is taken back.
 */
export async function resumeMigration(
  system: System,
  home: AgentHome,
  run: Run,
  hooks: RunHooks,
  given: GivenAgain = {},
): Promise<RunReport> {
  const { record, content } = migrationOf(system, run);
  if (!run.state.undoing) refuseWithoutSources(system, record, given);
  const imported = run.state.undoing
    ? undefined
    : (given.imported ?? (await importAgain(system, record, given)));
  return toldInWords(record.target, async () => {
    const lock = lockTarget(system, record.target);
    const replan = onceOnly(() => planAgain(system, record, { ...given, imported }));
    try {
      if (run.state.paused !== undefined) {
        refuseRunning(replan());
        refuseDue(system, replan());
      }
      const machine = imported?.view(system) ?? system;
      return await carryOut(machine, home, record, run.folder, replan, content, hooks, 'resume');
    } finally {
      if (replan.made !== undefined) closeSurvey(replan.made.survey);
      lock.release();
    }
  });
}

/**
 * Takes an interrupted migration back. Afterwards everything is as it was; the backup stays, and so does what the person
 * added or changed meanwhile: what is given says where.
 * @throws LOCKED; RUN_NOT_RESUMABLE if it came to its end, which only a rollback takes back
 */
export function undoMigration(system: System, home: AgentHome, run: Run, hooks: RunHooks): readonly Kept[] {
  return underLock(system, run.record.target, () => undoMigrationUnderLock(system, home, run, hooks));
}

/** The same for who holds the lock of the target already. */
export function undoMigrationUnderLock(
  system: System,
  home: AgentHome,
  run: Run,
  hooks: RunHooks,
): readonly Kept[] {
  const { record, content } = migrationOf(system, run);
  const { folder } = run;
  const journal = Journal.open(system, folder, record.id);
  try {
    const replan = () => planAgain(system, record);
    const work = workOf(system, home, record, folder, journal, replan, content, hooks);
    const { outcome } = stateOf(journal.entries);
    if (outcome !== undefined) {
      finish(work);
      throw new AppError('RUN_NOT_RESUMABLE', { run: record.id, state: outcome });
    }
    undoSteps(MIGRATION_STEPS, work);
    journal.add({ type: 'end', outcome: 'undone' });
    return work.kept;
  } finally {
    journal.close();
  }
}

async function carryOut(
  system: System,
  home: AgentHome,
  record: RunRecord,
  folder: string,
  plan: () => Plan,
  content: Plan['content'],
  hooks: RunHooks,
  type: 'begin' | 'resume',
): Promise<RunReport> {
  const journal = Journal.open(system, folder, record.id);
  try {
    const work = workOf(system, home, record, folder, journal, plan, content, hooks);
    const { outcome, undoing, failure, done } = stateOf(journal.entries);
    if (outcome !== undefined) {
      finish(work);
      const error = outcome === 'undone' ? { error: takenBack(failure) } : {};
      return { run: record.id, outcome, steps: reports(MIGRATION_STEPS, work), kept: work.kept, ...error };
    }
    if (type === 'resume' && !undoing && !done.has('clean-up'))
      suspendTimersAgain(system, folder, content.source);
    journal.add({ type });
    if (undoing) {
      undoSteps(MIGRATION_STEPS, work);
      journal.add({ type: 'end', outcome: 'undone' });
      const steps = reports(MIGRATION_STEPS, work);
      return { run: record.id, outcome: 'undone', steps, kept: work.kept, error: takenBack(failure) };
    }
    return await executeSteps(MIGRATION_STEPS, work, hooks);
  } finally {
    journal.close();
  }
}

/** Of a run that was being taken back when it was interrupted: going on with it means taking it back wholly. */
function takenBack(failure: RunState['failure']): AppError {
  return new AppError('RUN_UNDONE', { reason: failure?.reason ?? 'taking it back was asked for' });
}

function workOf(
  system: System,
  home: AgentHome,
  record: RunRecord,
  folder: string,
  journal: Journal,
  plan: () => Plan,
  content: Plan['content'],
  hooks: RunHooks,
): StepWork {
  const { home: folders, records: recordFolders } = placementFolders(record.target, record.id);
  const kept: Kept[] = [];
  return {
    system,
    home,
    record,
    folder,
    journal,
    content,
    plan,
    folders,
    recordFolders,
    emit: (event) => {
      if (event.type === 'kept') kept.push({ path: event.path, what: event.what });
      hooks.emit(event);
    },
    kept,
    stopAsked: () => hooks.stopAsked(),
    evidence: (step) => evidenceOf(journal.entries, step),
  };
}

function migrationOf(system: System, run: Run): { record: RunRecord; content: Plan['content'] } {
  const content = loadPlan(system, run);
  if (run.record.kind !== 'migrate' || content === undefined) {
    throw new AppError('RUN_NOT_RESUMABLE', { run: run.record.id, state: 'not a migration' });
  }
  if (run.state.outcome !== undefined) {
    throw new AppError('RUN_NOT_RESUMABLE', { run: run.record.id, state: run.state.outcome });
  }
  return { record: run.record, content };
}

function onceOnly(make: () => Plan): (() => Plan) & { made?: Plan } {
  const once: (() => Plan) & { made?: Plan } = () => {
    once.made ??= make();
    return once.made;
  };
  return once;
}
