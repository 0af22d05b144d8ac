import { AppError } from '../../shared/errors.ts';
import { compactTime } from '../../shared/ids.ts';
import type { AgentHome } from '../agent-home.ts';
import { identityPath, loadIdentity } from '../backup/identity.ts';
import { verifyBackup } from '../backup/verify.ts';
import { checkHome } from '../health/check-home.ts';
import { doDueLooks } from '../health/due-looks.ts';
import { rootOf } from '../health/home-check.ts';
import { looksOf, problemsOf } from '../health/looks.ts';
import { isInside } from '../paths.ts';
import { evidenceOf } from '../run/journal.ts';
import { underLock } from '../run/lock.ts';
import { refuseDamaged } from '../run/record-folders.ts';
import type { Run } from '../run/run-record.ts';
import type { AgentSettings } from '../settings.ts';
import { MOVED_NOTE } from '../survey/moved-aside.ts';
import { probePackage } from '../survey/package-probe.ts';
import { realPathSoFar } from '../survey/reachable.ts';
import type { ReadSystem, System } from '../system.ts';
import { nodeAt } from '../yaml/leaves.ts';
import { doActions } from './do-actions.ts';
import { isOfClone } from './installed-package.ts';
import { findLeftovers } from './leftovers.ts';
import { probationOf, refuseEarly } from './probation.ts';
import {
  actionsInEffect,
  damagedSetupRecords,
  type MoveAction,
  readSetupRecords,
  setupRunOf,
} from './setup-run.ts';
import { type SetupTakenBack, takeBackClosedSetupRun } from './take-back.ts';

/**
 * Whether a clone may be moved aside: its probation is over, nothing leads into it, the backup verifies, and the new home is well.
 * @throws RETIRE_TOO_EARLY, RETIRE_IN_USE, RETIRE_NO_BACKUP, RETIRE_UNWELL
 */
export async function refuseRetiring(
  system: System,
  settings: Pick<AgentSettings, 'home' | 'backups'>,
  source: string,
  run: Run,
): Promise<void> {
  const { home } = settings;
  refuseEarly(system, probationOf(system, source, run));
  const reason = whyInUse(system, source, run.record.target);
  if (reason !== undefined) throw new AppError('RETIRE_IN_USE', { path: source, reason });
  const made = evidenceOf(run.entries, 'make-backup') as { path?: string } | null | undefined;
  const failed = await whyNoBackup(system, home.path, made?.path);
  if (failed !== undefined) throw new AppError('RETIRE_NO_BACKUP', { reason: failed });
  await refuseUnwell(system, settings, run);
}

/** A look that found something is answered by looking again: what was mended since is no reason to wait. */
async function refuseUnwell(
  system: System,
  settings: Pick<AgentSettings, 'home' | 'backups'>,
  run: Run,
): Promise<void> {
  await doDueLooks(system, settings);
  const isFine = looksOf(system, settings.home, run).every(
    ({ record }) => record !== undefined && problemsOf(record).length === 0,
  );
  if (isFine) return;
  const { checks } = await checkHome(system, settings, run.record.target, true);
  const [first] = problemsOf({ checks });
  if (first !== undefined)
    throw new AppError('RETIRE_UNWELL', { check: first.name, reason: first.reason ?? 'it failed' });
}

function whyInUse(system: System, source: string, target: string): string | undefined {
  const inSource = (path: string | undefined) =>
    path !== undefined && isInside(realPathSoFar(system, path), source);
  if (inSource(target)) return 'the new home lies in it';
  const worker = system
    .processes()
    .find(({ pid, command, cwd }) => pid !== system.pid && (inSource(cwd) || command.includes(`${source}/`)));
  if (worker !== undefined) return `process ${worker.pid} works in it`;
  const probe = probePackage(system);
  if (probe.installed && isOfClone(system, probe, source))
    return 'the installed agent-orch is the clone’s own';
  const [leftover] = findLeftovers(system, source);
  if (leftover !== undefined) return `${leftover.path} is ${leftover.why}`;
  const registry = rootOf({ system, target }, 'projects/registry.yaml');
  const projects = registry && nodeAt(registry, ['projects']);
  const inside = (projects?.kind === 'map' ? projects.entries : []).find(({ value }) => {
    const path = nodeAt(value, ['path']);
    return path?.kind === 'scalar' && inSource(String(path.value));
  });
  return inside && `the project ${inside.key.source} lies in it`;
}

async function whyNoBackup(
  system: System,
  agentHome: string,
  path: string | undefined,
): Promise<string | undefined> {
  if (path === undefined) return 'the migration left none';
  try {
    const { checks } = await verifyBackup(system, path, await loadIdentity(system, identityPath(agentHome)));
    const failed = checks.find(({ ok, status, of }) => !ok || (status === 'skipped' && of > 0));
    return failed && (failed.reason ?? `${failed.name} could not be checked`);
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
}

/** Renames the clone, with a note beside its old place; journaled. Nothing is deleted. Where it is then. */
export function retire(
  system: System,
  { home }: Pick<AgentSettings, 'home'>,
  source: string,
  target: string,
): string {
  const to = `${source}.retired-${compactTime(system.now())}`;
  doActions(system, home, { source, target }, [
    { kind: 'move', what: 'clone', from: source, to, note: `${source}${MOVED_NOTE}` },
  ]);
  return to;
}

/** Where a clone lies now that was at `source` when it was retired; undefined where none was, or it is not there. */
export function retiredTo(system: ReadSystem, home: AgentHome, source: string): string | undefined {
  const actions = readSetupRecords(system, home).flatMap((record) => record.actions);
  const moves = actions.filter((one) => one.kind === 'move' && one.what === 'clone' && one.from === source);
  return moves.map((one) => (one as MoveAction).to).find((to) => system.stat(to)?.kind === 'folder');
}

/** Gives the clone that was retired last its old place again. @throws NOTHING_RETIRED, SETUP_LEFT */
export function unretire(system: System, { home }: Pick<AgentSettings, 'home'>): SetupTakenBack {
  const run = readSetupRecords(system, home)
    .filter(({ actions }) =>
      actions.some((one) => one.kind === 'move' && (one as MoveAction).what === 'clone'),
    )
    .map((record) => setupRunOf(system, home, record))
    .find((one) => actionsInEffect(one).length > 0);
  if (run === undefined) {
    refuseDamaged(damagedSetupRecords(system, home));
    throw new AppError('NOTHING_RETIRED');
  }
  const done = underLock(system, run.record.target, () => takeBackClosedSetupRun(system, run));
  const [first] = done.left;
  if (first !== undefined)
    throw new AppError('SETUP_LEFT', { count: done.left.length, ...first, folder: run.folder });
  return done;
}
