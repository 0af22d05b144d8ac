import { join } from 'node:path';
import { digestOf } from '../../protocol/digest.ts';
import { TIMES } from '../../protocol/limits.ts';
import { AppError } from '../../shared/errors.ts';
import { walk } from '../backup/walk.ts';
import { chooseBackup } from '../backup-index.ts';
import { displayPath, joinPath } from '../paths.ts';
import { countRemoved } from '../rollback/compare.ts';
import { previewRollback, type RollbackPreview } from '../rollback/preview.ts';
import { FULL, type Selection } from '../rollback/selection.ts';
import { realPathSoFar } from '../survey/reachable.ts';
import { targetPath } from '../survey/target.ts';
import type { ReadSystem } from '../system.ts';
import { numberedBackups } from './backup-numbers.ts';
import type { JobFunction, JobWork } from './job.ts';
import { chooseConflicts, chooseNewer, chooseOrchestrator } from './rollback-choices.ts';
import { type Watched, watch, watchedDigest } from './stored-plans.ts';
import { commitTo, newBlind, travellingPlan } from './travelling-plan.ts';

/** Verifies the backup, compares it with the present and makes a plan of what a rollback would do. */
export const rollbackPreview: JobFunction<'rollback-preview'> = async ({ job, params }, work) => {
  const { system, settings, plans, agentId } = work;
  const { number, path } = backupOf(work, params.backup);
  const whole = await previewRollback(system, settings.home, path);
  const newerWork = chooseNewer(whole, params);
  const selection: Selection =
    newerWork.chosen === 'keep' ? { type: 'full', keep: keepable(system, whole) } : FULL;
  const preview =
    newerWork.chosen === 'keep' ? await previewRollback(system, settings.home, path, selection) : whole;
  const conflicts = chooseConflicts(whole, params, newerWork.chosen);
  const { mine } = conflicts;
  const orchestrator = chooseOrchestrator(system, preview, params);
  const carry = newerWork.chosen === 'carry';
  const { home: place, newer, newerItems, state } = preview;
  const { difference, path: target } = place;
  const now = system.now();
  const [created, expires] = [now, new Date(now.getTime() + TIMES.planLifeS * 1000)].map((at) =>
    at.toISOString(),
  ) as [string, string];
  const blind = newBlind();
  const engine = rollbackDigest(preview);
  const agreeing = newerItems.filter(({ stays }) => stays === undefined).length;
  const carried = (carry ? agreeing : 0) + mine.length;
  const kept = newerWork.chosen === 'keep' ? whole.newer.length - newer.length : 0;
  const watched = watchedTarget(system, target);
  const summary = {
    backup: number,
    restored: difference.restore.length,
    unchanged: difference.unchanged,
    removed: countRemoved(system, target, difference.remove),
    newer: newer.length,
    kept,
    carried,
    // What is newer is in files that are newer.
    left: newerWork.chosen === 'keep' ? 0 : newerItems.length - carried,
    conflicts: conflicts.names.length,
    state_changed: state.changed,
    running: orchestrator.running,
  };
  const choices = { ...newerWork.choice, ...conflicts.choice, ...orchestrator.choice };
  const stopped = orchestrator.stop?.length ?? 0;
  const bytes = travellingPlan({
    agent: agentId,
    job_type: 'rollback',
    roots: [],
    created,
    expires,
    binds: commitTo(blind, engine),
    preconditions: watchedDigest(watched),
    actions: [{ action: 'rollback', newer_work: newerWork.chosen, of_now: mine.length, stopped, ...summary }],
    ledger: [],
  });
  const record = plans.keep(bytes, watched, {
    job,
    type: 'rollback',
    created,
    expires,
    blind,
    writes: [target, settings.backups, settings.home.path],
    rollback: { backup: path, number, target, engine, selection, carry, mine, stop: orchestrator.stop },
  });
  return { end: 'plan', plan: record, bytes: bytes.length, summary: { ...summary, choices } };
};

/** Newer files by paths that can be named; of one whose name is no text the bytes are kept in the backup made first. */
function keepable(system: ReadSystem, { newer, home }: RollbackPreview): string[] {
  return newer.filter((path) => system.lstat(join(home.path, path)) !== undefined);
}

/** Everything that a rollback would do, as one digest: equal means that nothing else would happen. */
export function rollbackDigest(preview: RollbackPreview): string {
  const { backup, selection, home, newer, newerItems, state, references, setup } = preview;
  const { difference } = home;
  return digestOf(
    JSON.stringify({
      backup: backup.manifest.id,
      selection,
      target: home.path,
      restore: difference.restore.map(({ rel }) => displayPath(rel)),
      remove: difference.remove.map(displayPath),
      unchanged: difference.unchanged,
      newer,
      newerItems,
      state,
      references,
      setup,
    }),
  );
}

/** Without a number: the newest backup of this home that was taken before a migration. */
function backupOf(work: JobWork, given: number | undefined): { number: number; path: string } {
  const { system, settings } = work;
  const all = numberedBackups(work);
  if (given !== undefined) {
    const found = all.find(({ number }) => number === given);
    if (found === undefined) throw new AppError('BACKUP_NOT_FOUND', { backup: String(given) });
    return { number: given, path: found.backup.path };
  }
  const target = realPathSoFar(system, targetPath(system, settings.target));
  const fallback = { kind: 'before-migration', target } as const;
  const path = chooseBackup(system, settings.home, settings.backups, undefined, fallback);
  return { number: all.find(({ backup }) => backup.path === path)?.number ?? 1, path };
}

/** The target with all it holds; folders too, whose time tells that something was added. */
function watchedTarget(system: ReadSystem, target: string): Watched[] {
  const top = watch(system, [target]);
  if (top[0]?.stat === undefined) return top;
  return [
    ...top,
    ...walk(system, target).entries.map(({ rel, stat }) => ({ path: joinPath(target, rel), stat })),
  ];
}
