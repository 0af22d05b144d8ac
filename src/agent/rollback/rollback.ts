import { dirname, join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { newRunId } from '../../shared/ids.ts';
import type { Secret } from '../../shared/secret.ts';
import { TOOL } from '../../shared/tool.ts';
import type { AgentHome } from '../agent-home.ts';
import { createBackup } from '../backup/create.ts';
import { loadOrCreateIdentity } from '../backup/identity.ts';
import { restoreRecords } from '../backup/restore.ts';
import { verifyBackup } from '../backup/verify.ts';
import { walk } from '../backup/walk.ts';
import { rememberBackup } from '../backup-index.ts';
import { readVault } from '../credentials/vault.ts';
import { makeFolders } from '../files.ts';
import { displayPath, joinPath, parentOf } from '../paths.ts';
import { type TakenBack, takeBackForTarget } from '../references/take-back.ts';
import { looksSecret, mountGaps, targetItems } from '../run/backup-request.ts';
import { isSystemError, toldInWords } from '../run/in-words.ts';
import { evidenceOf, Journal } from '../run/journal.ts';
import { lockTarget } from '../run/lock.ts';
import type { Kept } from '../run/phases.ts';
import { freePath, siblingFolder } from '../run/placement.ts';
import { createRun, freeReserve, type RunRecord } from '../run/run-record.ts';
import { findRunning } from '../survey/orchestrator.ts';
import type { PathLike, System } from '../system.ts';
import { compareWithBackup, isGap, keyOf } from './compare.ts';
import { OtherRuns } from './other-runs.ts';
import { previewRollback, type RollbackPreview } from './preview.ts';

export interface RollbackReport {
  readonly run: string;
  readonly outcome: 'rolled-back' | 'failed';
  readonly restored: number;
  readonly unchanged: number;
  readonly movedAside: number;
  /** Where the moved things lie; undefined if nothing was moved. */
  readonly aside: string | undefined;
  /** The backup of the present that was taken first; undefined if there was nothing to back up. */
  readonly safetyBackup: string | undefined;
  readonly verified: { readonly done: number; readonly of: number };
  readonly failures: readonly { readonly path: string; readonly reason: string }[];
  /** What interrupted migrations had in the new home and beside it that is not their own: nothing of it was deleted. */
  readonly kept: readonly Kept[];
  /** Lines outside of the new home that had been made to start the package. */
  readonly references: TakenBack;
}

/**
 * Full rollback: the configuration home becomes exactly what it was when the backup was taken. The present is backed up
 * first; what is not in the backup goes aside, and nothing is deleted. Goes on over a single failure and reports it; the
 * same command can be given again, and an interrupted one resumed.
 */
export async function rollBack(
  system: System,
  home: AgentHome,
  backups: string,
  seen: RollbackPreview,
  resumed?: RunRecord,
): Promise<RollbackReport> {
  return toldInWords(seen.target, () => lockAndRollBack(system, home, backups, seen, resumed));
}

async function lockAndRollBack(
  system: System,
  home: AgentHome,
  backups: string,
  seen: RollbackPreview,
  resumed: RunRecord | undefined,
): Promise<RollbackReport> {
  const { target, backup } = seen;
  const source = backup.manifest.roots.find(({ id }) => id === 'source')?.path ?? target;
  const running = findRunning(system, source, target);
  if (running !== undefined) throw new AppError('ORCHESTRATOR_RUNNING', { pid: running.pid });
  const others = new OtherRuns(system, home, target);
  const undone = others.undoMigrations();
  const lock = lockTarget(system, target);
  try {
    const preview = undone ? await previewRollback(system, home, backup.path) : seen;
    const begun = resumed ?? others.rollbackTo(backup.path);
    const record = begun ?? startRecord(system, preview, backups);
    const folder = begun === undefined ? createRun(system, home, record) : home.run(record.id);
    const journal = Journal.open(system, folder, record.id);
    try {
      journal.add({ type: begun === undefined ? 'begin' : 'resume' });
      return await carryOut(system, home, record, folder, journal, preview, others);
    } finally {
      journal.close();
    }
  } finally {
    lock.release();
  }
}

/** Goes on with an interrupted rollback: compares again and does what is left. */
export async function resumeRollback(
  system: System,
  home: AgentHome,
  record: RunRecord,
): Promise<RollbackReport> {
  if (record.rollback === undefined) throw new Error(`run ${record.id} is no rollback`);
  const preview = await previewRollback(system, home, record.rollback.backup);
  return rollBack(system, home, record.backups, preview, record);
}

async function carryOut(
  system: System,
  home: AgentHome,
  record: RunRecord,
  folder: string,
  journal: Journal,
  preview: RollbackPreview,
  others: OtherRuns,
): Promise<RollbackReport> {
  const safetyBackup = await savePresent(system, home, record, journal, preview);
  const aside = asideFolder(system, folder, record);
  const { failures: moveFailures, moved } = moveAside(system, journal, preview, aside);
  journal.add({ type: 'intent', step: 'restore' });
  const wanted = new Set(preview.difference.restore.map((one) => displayPath(one.rel)));
  const isFolder = (kind: string) => kind === 'folder';
  const result = preview.targetWasPresent
    ? await restoreRecords(system, preview.backup, preview.identity, (one) =>
        one.root === 'target' && (wanted.has(displayPath(one.rel)) || isFolder(one.type))
          ? destinationOf(preview.target, one.rel)
          : undefined,
      )
    : { restored: 0, failed: [] };
  const failures = [
    ...moveFailures,
    ...result.failed.map((one) => ({
      path: displayPath(destinationOf(preview.target, one.record.rel)),
      reason: one.reason,
    })),
  ];
  journal.add({ type: 'done', step: 'restore', data: { failures } });
  const verified = verify(system, preview);
  const outcome = failures.length === 0 && verified.done === verified.of ? 'rolled-back' : 'failed';
  freeReserve(system, folder);
  const references =
    outcome === 'rolled-back' && preview.backup.manifest.kind === 'before-migration'
      ? takeBackForTarget(system, home, preview.target)
      : { takenBack: [], left: [] };
  if (outcome === 'rolled-back') {
    others.close(record.id);
    journal.add({ type: 'end', outcome });
  }
  return {
    run: record.id,
    outcome,
    restored: wanted.size,
    unchanged: preview.difference.unchanged,
    movedAside: moved,
    aside: moved === 0 ? undefined : aside,
    safetyBackup,
    verified,
    failures,
    kept: others.kept,
    references,
  };
}

/**
 * The present is kept before anything changes, so that the rollback can itself be taken back: by the first such backup.
 * Going on with a rollback keeps the present again, since somebody may have worked in it meanwhile.
 */
async function savePresent(
  system: System,
  home: AgentHome,
  record: RunRecord,
  journal: Journal,
  preview: RollbackPreview,
): Promise<string | undefined> {
  const { target, difference } = preview;
  const before = evidenceOf(journal.entries, 'save-present') as { path: string } | undefined;
  const isSame = difference.restore.length === 0 && difference.remove.length === 0;
  if (isSame || system.lstat(target) === undefined) return before?.path;
  const kind = before === undefined ? 'before-rollback' : 'manual';
  journal.add({ type: 'intent', step: 'save-present' });
  const identity = await loadOrCreateIdentity(system, home.path);
  const present = walk(system, target);
  const result = await createBackup(
    system,
    {
      kind,
      roots: [{ id: 'target', path: target, present: true }],
      items: targetItems(present),
      knownSecrets: presentSecrets(system, target),
      parent: record.backups,
      run: record.id,
      note: `before rolling back to ${preview.backup.manifest.id}`,
      // What the backup could not hold is left alone by the rollback, so that it needs no copy now.
      allowUnreadable: present.unreadable.every(({ rel }) => isGap(keyOf(rel), preview.gaps)),
      requiredFiles: [],
      gaps: mountGaps('target', present.notCrossed),
      patterns: looksSecret,
    },
    identity,
  );
  const report = await verifyBackup(system, result.path, identity);
  const failed = report.checks.find((check) => !check.ok);
  if (failed !== undefined)
    throw new AppError('BACKUP_DAMAGED', { backup: result.id, reason: failed.reason ?? failed.name });
  rememberBackup(system, home, { id: result.id, path: result.path, kind, target });
  const saved = before ?? { id: result.id, path: result.path };
  journal.add({ type: 'done', step: 'save-present', data: saved });
  return saved.path;
}

function moveAside(system: System, journal: Journal, preview: RollbackPreview, aside: string) {
  const failures: { path: string; reason: string }[] = [];
  let moved = 0;
  if (preview.difference.remove.length > 0)
    journal.add({ type: 'intent', step: 'move-aside', data: { to: aside } });
  for (const rel of preview.difference.remove) {
    const from = destinationOf(preview.target, rel);
    // An earlier try may have moved something of the same name.
    const to = freePath(system, rel.length === 0 ? join(aside, 'home') : joinPath(aside, rel));
    try {
      makeFolders(system, parentOf(to));
      system.rename(from, to);
      moved++;
    } catch (error) {
      if (!isSystemError(error)) throw error;
      failures.push({ path: displayPath(from), reason: error.message });
    }
  }
  if (preview.difference.remove.length > 0) {
    system.syncFolder(dirname(preview.target));
    journal.add({ type: 'done', step: 'move-aside', data: { moved } });
  }
  return { failures, moved };
}

/** Compares everything once more: a rollback is done when nothing differs, not when nothing failed. */
function verify(system: System, preview: RollbackPreview): { done: number; of: number } {
  if (!preview.targetWasPresent) {
    return { done: system.lstat(preview.target) === undefined ? 1 : 0, of: 1 };
  }
  const { target, records, gaps } = preview;
  const { unchanged, of, remove } = compareWithBackup(system, target, records, gaps);
  return { done: unchanged - remove.length, of };
}

function startRecord(system: System, preview: RollbackPreview, backups: string): RunRecord {
  const now = system.now();
  return {
    schema: 'awm/run/1',
    id: newRunId(now),
    kind: 'rollback',
    started: now.toISOString(),
    tool: TOOL,
    target: preview.target,
    targetPresent: system.lstat(preview.target) !== undefined,
    backups,
    rollback: { backup: preview.backup.path, backupId: preview.backup.manifest.id },
  };
}

/** In the run's folder, or beside the target where that is another file system: moving must be a rename. */
function asideFolder(system: System, folder: string, record: RunRecord): string {
  const near = system.stat(dirname(record.target))?.dev;
  if (system.stat(folder)?.dev === near) return join(folder, 'aside');
  const path = siblingFolder(record.target, record.id, 'aside');
  const stat = system.lstat(path);
  if (stat !== undefined && (stat.kind !== 'folder' || stat.uid !== system.lstat(folder)?.uid))
    throw new AppError('STEP_CONFLICT', { path, reason: 'somebody else made it' });
  return path;
}

function presentSecrets(system: System, target: string): Secret[] {
  const read = (name: string) => {
    const path = join(target, name);
    return system.lstat(path)?.kind === 'file' ? system.readFile(path) : undefined;
  };
  try {
    const vault = readVault(read('credentials.key'), read('credentials.enc'));
    return vault.names().flatMap((name) => vault.get(name) ?? []);
  } catch (error) {
    if (error instanceof AppError) return [];
    throw error;
  }
}

function destinationOf(target: string, rel: PathLike): PathLike {
  return rel.length === 0 ? target : joinPath(target, rel);
}
