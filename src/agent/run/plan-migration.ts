import { randomUUID } from 'node:crypto';
import { AppError } from '../../shared/errors.ts';
import { newRunId } from '../../shared/ids.ts';
import type { Secret } from '../../shared/secret.ts';
import { TOOL } from '../../shared/tool.ts';
import type { Facts } from '../conversions/defaults.ts';
import { type OpenedImport, openImport } from '../export/open-import.ts';
import { readExport } from '../export/read-export.ts';
import type { Answers } from '../plan/decision.ts';
import { type Method, makePlan, type Plan } from '../plan/plan.ts';
import { findTimers, type TimerFacts } from '../plan/timers.ts';
import { readOnly } from '../read-only-system.ts';
import { ENVIRONMENT } from '../survey/environment-source.ts';
import { type PackageProbe, probePackage } from '../survey/package-probe.ts';
import { closeSurvey, type Survey, takeSurvey } from '../survey/survey.ts';
import { unitTimerFindings } from '../survey/timers/unit-timers.ts';
import type { ReadSystem, System } from '../system.ts';
import type { RunRecord } from './run-record.ts';

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
  /** Do not look at what cron starts: for plans that nobody carries out on this home, such as a rehearsal's. */
  readonly withoutTimers?: boolean | undefined;
}

/** What a run needs anew when it is gone on with, since it is kept nowhere. */
export type GivenAgain = Pick<MigrationRequest, 'masterPassword' | 'imported'>;

/**
 * Looks at everything and makes the plan; writes nothing.
 * @throws every error of reading the source and the target
 */
export function planMigration(system: ReadSystem, request: MigrationRequest): Plan {
  const run = newRunId(system.now());
  const { installationId = randomUUID() } = request;
  const begun = system.elapsed();
  const timers = (survey: Survey) =>
    findTimers(readOnly(system), survey, system.elapsed() - begun, request.answers);
  const probe = probePackage(readOnly(system));
  return surveyAndPlan(system, request, run, system.now(), installationId, probe, timers);
}

/** What a run keeps: enough for the same plan to be made again, and no secret. */
export function recordOf(request: MigrationRequest, plan: Plan): RunRecord {
  const { survey, content } = plan;
  return {
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
      ...(plan.timers === undefined ? {} : { timers: plan.timers }),
      ...(request.masterPassword === undefined ? {} : { storePassword: true }),
      ...(request.method === undefined ? {} : { method: request.method }),
      ...(request.imported === undefined ? {} : { imported: importFacts(request.imported) }),
      ...(request.fromEnvironment === true ? { environment: variablesTaken(survey) } : {}),
    },
  };
}

/** The same plan from the same source; anything else is refused. */
export function planAgain(system: System, record: RunRecord, given: GivenAgain = {}): Plan {
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
    () => migrate.timers,
  );
  if (plan.digest !== migrate.planDigest) {
    closeSurvey(plan.survey);
    throw new AppError('PLAN_STALE', { path: migrate.source });
  }
  return plan;
}

function surveyAndPlan(
  system: ReadSystem,
  request: MigrationRequest,
  run: string,
  now: Date,
  installationId: string,
  probe: PackageProbe,
  timersFor: (survey: Survey) => TimerFacts | undefined,
): Plan {
  const { imported } = request;
  const reader = readOnly(imported?.view(system) ?? system);
  const taken = takeSurvey(reader, request.source, request.target, request);
  const units = unitTimerFindings(reader, taken.source);
  const survey = { ...taken, findings: [...taken.findings, ...units] };
  const facts: Facts = {
    now,
    installationId,
    packageVersion: probe.installed ? probe.version : undefined,
    platform: system.platform,
    registryPath: `${survey.target.path}/projects/registry.yaml`,
  };
  try {
    const { answers, remembered, method } = request;
    const timers = request.withoutTimers === true ? undefined : timersFor(survey);
    const plan = makePlan(reader, survey, { run, facts, probe, answers, remembered, method, timers });
    return imported === undefined
      ? plan
      : { ...plan, preconditions: [...plan.preconditions, ...imported.entries] };
  } catch (error) {
    closeSurvey(survey);
    throw error;
  }
}

/** The export that a run was made from, opened again without a passphrase. */
export async function importAgain(
  system: ReadSystem,
  { id, target, migrate }: RunRecord,
  { masterPassword }: GivenAgain,
): Promise<OpenedImport | undefined> {
  if (migrate?.imported === undefined) return undefined;
  const { folder, withoutSecrets, passphrase, typed } = migrate.imported;
  if (typed === true) throw new AppError('EXPORT_VALUES_NEEDED', { run: id });
  if (passphrase) throw new AppError('EXPORT_PASSPHRASE_NEEDED', { run: id });
  const { source } = migrate;
  return openImport(system, readExport(system, folder), { source, target, withoutSecrets, masterPassword });
}

function importFacts({ folder, withoutSecrets, tookPassphrase, tookValues }: OpenedImport) {
  return { folder, withoutSecrets, passphrase: tookPassphrase, ...(tookValues ? { typed: true } : {}) };
}

function variablesTaken({ envFiles }: Survey): string[] {
  return envFiles.find(({ rel }) => rel === ENVIRONMENT)?.variables.map(({ name }) => name) ?? [];
}
