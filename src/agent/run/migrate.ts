import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { newRunId } from '../../shared/ids.ts';
import type { Secret } from '../../shared/secret.ts';
import { TOOL } from '../../shared/tool.ts';
import type { AgentHome } from '../agent-home.ts';
import type { Facts } from '../conversions/defaults.ts';
import { type OpenedImport, openImport } from '../export/open-import.ts';
import { readExport } from '../export/read-export.ts';
import { removeTree } from '../files.ts';
import { isInside } from '../paths.ts';
import { type Answers, blockedBy } from '../plan/decision.ts';
import { type Method, makePlan, type Plan } from '../plan/plan.ts';
import { readOnly } from '../read-only-system.ts';
import { removeLeftScratch } from '../rehearsal/scratch-folder.ts';
import { ENVIRONMENT } from '../survey/environment-source.ts';
import { type PackageProbe, probePackage } from '../survey/package-probe.ts';
import { closeSurvey, type Survey, takeSurvey } from '../survey/survey.ts';
import type { ReadSystem, System } from '../system.ts';
import { executeSteps, finish, type RunReport, reports, type Stops, undoSteps } from './execute.ts';
import { inWords, isSystemError, toldInWords } from './in-words.ts';
import { evidenceOf, Journal, readJournal } from './journal.ts';
import { lockTarget } from './lock.ts';
import { MIGRATION_STEPS } from './migration-steps.ts';
import type { Kept, RunEvent } from './phases.ts';
import { placementFolders } from './placement.ts';
import {
  createRun,
  loadPlan,
  type Run,
  type RunRecord,
  type RunState,
  readRecords,
  runOf,
  stateOf,
} from './run-record.ts';
import type { StepWork } from './step.ts';
import { refuseWorkFolders } from './work-folders.ts';

export interface MigrationRequest {
  readonly source: string;
  readonly target: string;
  /** Folder that backups are kept in. */
  readonly backups: string;
  readonly answers: Answers;
  /** Of the legacy store. It is held in memory only: a run that is gone on with asks for it again. */
  readonly masterPassword?: Secret | undefined;
  /** Take the secrets of this process's environment too. */
  readonly fromEnvironment?: boolean | undefined;
  /** Choices of earlier runs, which open decisions show. */
  readonly remembered?: Answers | undefined;
  /** How the person goes through it; default automated. */
  readonly method?: Method | undefined;
  /** Settings that were exported, and may have been edited, in the place of the installation's own. */
  readonly imported?: OpenedImport | undefined;
  /** Of a home that has one already; a new one when left out. */
  readonly installationId?: string | undefined;
}

/** What a run needs anew when it is gone on with, since it is kept nowhere. */
export type GivenAgain = Pick<MigrationRequest, 'masterPassword' | 'imported'>;

/** What the caller wants to hear, and how it stops a run. */
export interface RunHooks extends Stops {
  emit(event: RunEvent): void;
}

/**
 * Looks at everything and makes the plan; writes nothing.
 * @throws every error of reading the source and the target
 */
export function planMigration(system: ReadSystem, request: MigrationRequest): Plan {
  const run = newRunId(system.now());
  const { installationId = randomUUID() } = request;
  return surveyAndPlan(system, request, run, system.now(), installationId, probePackage(readOnly(system)));
}

/**
 * Carries out a plan that was just made. The journal is on the disk before anything else is.
 * @throws PLAN_USED, PLAN_OVERDUE, DECISIONS_OPEN, SOURCE_UNREADABLE, SETTINGS_UNREADABLE, LOCKED, RUN_OPEN, ORCHESTRATOR_RUNNING, BACKUP_PLACE, STEP_CONFLICT before anything is written
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
  refuse(system, request, home, plan);
  const { survey, content } = plan;
  const lock = lockTarget(system, survey.target.path);
  try {
    removeLeftScratch(system, home);
    refuseOpen(system, home, survey.target.path);
    refuseWorkFolders(system, survey.target.path, content.run);
    const record: RunRecord = {
      schema: 'awm/run/1',
      id: content.run,
      kind: 'migrate',
      started: content.created,
      tool: TOOL,
      target: survey.target.path,
      targetPresent: survey.target.present,
      backups: request.backups,
      migrate: {
        source: survey.source,
        installationId: plan.installationId,
        answers: Object.fromEntries(request.answers),
        probe: content.package,
        planDigest: plan.digest,
        allowUnreadable: request.answers.has('unreadable-files'),
        ...(request.masterPassword === undefined ? {} : { storePassword: true }),
        ...(request.method === undefined ? {} : { method: request.method }),
        ...(request.imported === undefined ? {} : { imported: importFacts(request.imported) }),
        ...(request.fromEnvironment === true ? { environment: variablesTaken(survey) } : {}),
      },
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
 * @throws LOCKED, STORE_PASSWORD_NEEDED, ENVIRONMENT_CHANGED; of a paused run also PLAN_STALE and ORCHESTRATOR_RUNNING,
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
      if (run.state.paused !== undefined) refuseRunning(replan());
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
  const { record, content } = migrationOf(system, run);
  try {
    const lock = lockTarget(system, record.target);
    try {
      return undoUnderLock(system, home, run, content, hooks);
    } finally {
      lock.release();
    }
  } catch (error) {
    throw inWords(error, record.target);
  }
}

function undoUnderLock(
  system: System,
  home: AgentHome,
  { record, folder }: Run,
  content: Plan['content'],
  hooks: RunHooks,
): readonly Kept[] {
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
    const { outcome, undoing, failure } = stateOf(journal.entries);
    if (outcome !== undefined) {
      finish(work);
      const error = outcome === 'undone' ? { error: takenBack(failure) } : {};
      return { run: record.id, outcome, steps: reports(MIGRATION_STEPS, work), kept: work.kept, ...error };
    }
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

/** A plan is good for one run, and for an hour: what it was made from may have changed unseen. */
function refuseUsed(system: System, home: AgentHome, { content }: Plan): void {
  if (system.lstat(home.run(content.run)) !== undefined)
    throw new AppError('PLAN_USED', { run: content.run });
  if (system.now() >= new Date(content.expires)) throw new AppError('PLAN_OVERDUE');
}

function refuse(system: System, request: MigrationRequest, home: AgentHome, plan: Plan): void {
  const { open } = plan.content.decisions;
  if (open.length > 0) throw blockedBy(open, plan.survey.unreadable.length);
  refuseRunning(plan);
  const { source, target } = plan.survey;
  for (const [folder, name] of [
    [source, 'the installation'],
    [target.path, 'the configuration home'],
  ] as const) {
    if (isInside(request.backups, folder))
      throw new AppError('BACKUP_PLACE', { path: request.backups, reason: `it lies inside ${name}` });
    if (isInside(home.path, folder))
      throw new AppError('BACKUP_PLACE', { path: home.path, reason: `it lies inside ${name}` });
  }
  const place = nearestFolder(system, plan.survey.target.path);
  if (!system.canWrite(place))
    throw new AppError('TARGET_READ_ONLY', { path: place, reason: 'permission denied' });
  if (target.present && !system.canWrite(target.path))
    throw new AppError('TARGET_READ_ONLY', { path: target.path, reason: 'permission denied' });
}

function refuseRunning({ survey: { running } }: Plan): void {
  if (running !== undefined) throw new AppError('ORCHESTRATOR_RUNNING', { pid: running.pid });
}

/** What the run took from a person or from the environment has to be there again before anything goes on. */
function refuseWithoutSources(system: System, { id, migrate }: RunRecord, given: GivenAgain): void {
  if (migrate?.storePassword === true && given.masterPassword === undefined)
    throw new AppError('STORE_PASSWORD_NEEDED', { run: id });
  const gone = migrate?.environment?.filter((name) => system.env[name] === undefined) ?? [];
  if (gone.length > 0) throw new AppError('ENVIRONMENT_CHANGED', { run: id, names: gone.join(', ') });
}

function importFacts({ folder, withoutSecrets, tookPassphrase }: OpenedImport) {
  return { folder, withoutSecrets, passphrase: tookPassphrase };
}

/** The export that a run was made from, opened again without a passphrase. */
async function importAgain(
  system: ReadSystem,
  { id, target, migrate }: RunRecord,
  { masterPassword }: GivenAgain,
): Promise<OpenedImport | undefined> {
  if (migrate?.imported === undefined) return undefined;
  const { folder, withoutSecrets, passphrase } = migrate.imported;
  if (passphrase) throw new AppError('EXPORT_PASSPHRASE_NEEDED', { run: id });
  const { source } = migrate;
  return openImport(system, readExport(system, folder), { source, target, withoutSecrets, masterPassword });
}

function variablesTaken({ envFiles }: Survey): string[] {
  return envFiles.find(({ rel }) => rel === ENVIRONMENT)?.variables.map(({ name }) => name) ?? [];
}

/** Looked at under the lock: what another process is just working on is no open run. */
function refuseOpen(system: System, home: AgentHome, target: string): void {
  const open = readRecords(system, home)
    .filter((record) => record.target === target)
    .map((record) => runOf(system, home, record))
    .find(({ state }) => state.outcome === undefined);
  if (open !== undefined) throw new AppError('RUN_OPEN', { run: open.record.id });
}

/** The path itself, or the closest folder above it that is there. */
function nearestFolder(system: ReadSystem, path: string): string {
  return system.stat(path) === undefined ? nearestFolder(system, dirname(path)) : path;
}

function surveyAndPlan(
  system: ReadSystem,
  request: MigrationRequest,
  run: string,
  now: Date,
  installationId: string,
  probe: PackageProbe,
): Plan {
  const { imported } = request;
  const reader = readOnly(imported?.view(system) ?? system);
  const survey = takeSurvey(reader, request.source, request.target, request);
  const facts: Facts = {
    now,
    installationId,
    packageVersion: probe.installed ? probe.version : undefined,
    platform: system.platform,
    registryPath: `${survey.target.path}/projects/registry.yaml`,
  };
  try {
    const { answers, remembered, method } = request;
    const plan = makePlan(reader, survey, { run, facts, probe, answers, remembered, method });
    return imported === undefined
      ? plan
      : { ...plan, preconditions: [...plan.preconditions, ...imported.files] };
  } catch (error) {
    closeSurvey(survey);
    throw error;
  }
}

/** The same plan from the same source; anything else is refused. */
function planAgain(system: System, record: RunRecord, given: GivenAgain = {}): Plan {
  const { migrate } = record;
  if (migrate === undefined) throw new Error(`run ${record.id} is no migration`);
  const request = {
    source: migrate.source,
    target: record.target,
    backups: record.backups,
    answers: new Map(Object.entries(migrate.answers)),
    fromEnvironment: migrate.environment !== undefined,
    method: migrate.method,
    ...given,
  };
  const plan = surveyAndPlan(
    system,
    request,
    record.id,
    new Date(record.started),
    migrate.installationId,
    migrate.probe,
  );
  if (plan.digest !== migrate.planDigest) {
    closeSurvey(plan.survey);
    throw new AppError('PLAN_STALE', { path: migrate.source });
  }
  return plan;
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
