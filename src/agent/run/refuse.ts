import { dirname } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { AgentHome } from '../agent-home.ts';
import { isInside } from '../paths.ts';
import { blockedBy } from '../plan/decision.ts';
import type { Plan } from '../plan/plan.ts';
import type { ReadSystem, System } from '../system.ts';
import type { GivenAgain, MigrationRequest } from './plan-migration.ts';
import { refuseDamaged } from './record-folders.ts';
import { damagedRecords, type Run, type RunRecord, readRecords, runOf } from './run-record.ts';

/** A plan is good for one run, and for an hour: what it was made from may have changed unseen. */
export function refuseUsed(system: System, home: AgentHome, { content }: Plan): void {
  if (system.lstat(home.run(content.run)) !== undefined)
    throw new AppError('PLAN_USED', { run: content.run });
  if (system.now() >= new Date(content.expires)) throw new AppError('PLAN_OVERDUE');
}

/** What stands in the way of any run, looked for before anything is written. */
export function refuseBlocked(system: System, request: MigrationRequest, home: AgentHome, plan: Plan): void {
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

export function refuseRunning({ survey: { running } }: Plan): void {
  if (running !== undefined) throw new AppError('ORCHESTRATOR_RUNNING', { pid: running.pid });
}

/** What the run took from a person or from the environment has to be there again before anything goes on. */
export function refuseWithoutSources(system: System, { id, migrate }: RunRecord, given: GivenAgain): void {
  if (migrate?.storePassword === true && given.masterPassword === undefined)
    throw new AppError('STORE_PASSWORD_NEEDED', { run: id });
  const gone = migrate?.environment?.filter((name) => system.env[name] === undefined) ?? [];
  if (gone.length > 0) throw new AppError('ENVIRONMENT_CHANGED', { run: id, names: gone.join(', ') });
}

/**
 * The newest run for this home that is not at its end.
 * @throws RUN_RECORD_DAMAGED where nobody can tell, since a damaged record may be that of such a run
 */
export function openRunFor(system: ReadSystem, home: AgentHome, target: string): Run | undefined {
  refuseDamaged(damagedRecords(system, home));
  return readRecords(system, home)
    .filter((record) => record.target === target)
    .map((record) => runOf(system, home, record))
    .find(({ state }) => state.outcome === undefined);
}

/** Looked at under the lock: what another process is just working on is no open run. */
export function refuseOpen(system: System, home: AgentHome, target: string): void {
  const open = openRunFor(system, home, target);
  if (open !== undefined) throw new AppError('RUN_OPEN', { run: open.record.id });
}

/** The path itself, or the closest folder above it that is there. */
function nearestFolder(system: ReadSystem, path: string): string {
  return system.stat(path) === undefined ? nearestFolder(system, dirname(path)) : path;
}
