import { basename, dirname, join } from 'node:path';
import { AppError, hasErrno } from '../../shared/errors.ts';
import type { AgentHome } from '../agent-home.ts';
import { removeIfThere, removeTree } from '../files.ts';
import { isInside } from '../paths.ts';
import { inWords } from '../run/in-words.ts';
import { evidenceOf, Journal } from '../run/journal.ts';
import { underLock } from '../run/lock.ts';
import { damageOf } from '../run/record-folders.ts';
import { stateOf } from '../run/run-record.ts';
import { realPathSoFar } from '../survey/reachable.ts';
import type { System } from '../system.ts';
import { environmentDigest } from './environment-digest.ts';
import {
  actionsInEffect,
  damagedSetupRecords,
  type InstallAction,
  type MoveAction,
  readSetupRecords,
  type SetupAction,
  type SetupRun,
  setupRunOf,
  setupRunsOf,
  stepOf,
} from './setup-run.ts';

/** What became of the final setup: paths, and why some were left as they are. */
export interface SetupTakenBack {
  readonly takenBack: readonly string[];
  readonly left: readonly { readonly path: string; readonly reason: string }[];
}

const NOTHING: SetupTakenBack = { takenBack: [], left: [] };

/**
 * Takes a run back, the last action first. An installed package goes only where it is as it was installed; what was moved
 * aside returns only where its old place is free. Each is journaled, so that after a crash the same call goes on.
 */
export function takeBackSetupRun(system: System, run: SetupRun, journal: Journal): SetupTakenBack {
  const { record } = run;
  const takenBack: string[] = [];
  const left: { path: string; reason: string }[] = [];
  journal.add({ type: 'undo' });
  const state = stateOf(journal.entries);
  for (const n of actionsInEffect({ record, state }).reverse()) {
    const action = record.actions[n] as SetupAction;
    const digest = state.done.has(stepOf(n)) ? digestOf(journal, n) : undefined;
    const reason = tryTakeBack(system, record.id, action, state.done.has(stepOf(n)), digest);
    if (reason === undefined) {
      journal.add({ type: 'undone', step: stepOf(n) });
      takenBack.push(pathOf(action));
    } else {
      journal.add({ type: 'failed', step: stepOf(n), code: 'SETUP_LEFT', reason });
      left.push({ path: pathOf(action), reason });
    }
  }
  journal.add({ type: 'end', outcome: left.length === 0 ? 'undone' : 'failed' });
  return { takenBack, left };
}

/** The same for a run that nobody has open. @throws JOURNAL_DAMAGED */
export function takeBackClosedSetupRun(system: System, run: SetupRun): SetupTakenBack {
  const journal = Journal.open(system, run.folder, run.record.id);
  try {
    return takeBackSetupRun(system, run, journal);
  } finally {
    journal.close();
  }
}

/** A run that was ended by a crash is taken back before anything else is done. @throws SETUP_UNFINISHED */
export function settleSetupRun(system: System, run: SetupRun): void {
  if (run.state.outcome !== undefined) return;
  const [first] = takeBackClosedSetupRun(system, run).left;
  if (first !== undefined)
    throw new AppError('SETUP_UNFINISHED', { run: run.record.id, reason: first.reason });
}

/** The same for all of a target, so that half an installation is not taken for a package that is there. */
export function settleSetupRuns(system: System, home: AgentHome, target: string): void {
  const open = setupRunsOf(system, home, target).filter(({ state }) => state.outcome === undefined);
  if (open.length === 0) return;
  underLock(system, target, () => {
    for (const run of setupRunsOf(system, home, target)) settleSetupRun(system, run);
  });
}

/** Everything that was set up for a target, the newest run first: part of a rollback. What fails is told, and stops nothing. */
export function takeBackSetupFor(system: System, home: AgentHome, target: string): SetupTakenBack {
  const results = readSetupRecords(system, home)
    .filter((record) => record.target === target)
    .map((record) => {
      try {
        const run = setupRunOf(system, home, record);
        return actionsInEffect(run).length === 0 ? NOTHING : takeBackClosedSetupRun(system, run);
      } catch (error) {
        const { message: reason } = inWords(error, join(home.setup, record.id));
        return { takenBack: [], left: record.actions.map((action) => ({ path: pathOf(action), reason })) };
      }
    });
  const damaged = damagedSetupRecords(system, home).map((one) => ({
    path: one.path,
    reason: damageOf(one).message,
  }));
  return {
    takenBack: results.flatMap((one) => one.takenBack),
    left: [...results.flatMap((one) => one.left), ...damaged],
  };
}

/** What a rollback of this target would take back, for its preview. */
export function setUpFor(system: System, home: AgentHome, target: string): string[] {
  return readSetupRecords(system, home)
    .filter((record) => record.target === target)
    .flatMap((record) => {
      try {
        const run = setupRunOf(system, home, record);
        return actionsInEffect(run).map((n) => pathOf(record.actions[n] as SetupAction));
      } catch (error) {
        if (error instanceof AppError) return record.actions.map(pathOf);
        throw error;
      }
    });
}

export function pathOf(action: SetupAction): string {
  return action.kind === 'install' ? action.environment : action.from;
}

function digestOf(journal: Journal, n: number): string | undefined {
  return (evidenceOf(journal.entries, stepOf(n)) as { digest?: string } | null | undefined)?.digest;
}

/** Undefined when it is taken back; else why it was left. */
function tryTakeBack(
  system: System,
  run: string,
  action: SetupAction,
  wasDone: boolean,
  digest: string | undefined,
): string | undefined {
  try {
    return action.kind === 'install'
      ? removeInstalled(system, run, action, wasDone, digest)
      : moveBack(system, action);
  } catch (error) {
    return inWords(error, pathOf(action)).message;
  }
}

/** The environment goes away by one rename, so that a crash leaves no half of it that looks changed. */
function removeInstalled(
  system: System,
  run: string,
  { environment, bin, commands, folders }: InstallAction,
  wasDone: boolean,
  digest: string | undefined,
): string | undefined {
  const going = `${environment}.${run.slice(-16)}.going`;
  const isThere = system.lstat(environment) !== undefined;
  if (isThere && wasDone && environmentDigest(system, environment) !== digest)
    return 'it was changed since it was installed';
  for (const command of commands) {
    const link = join(bin, command);
    const leads = system.lstat(link)?.kind === 'link' ? system.readLink(link)?.toString('utf8') : undefined;
    const isOurs =
      leads !== undefined &&
      (isInside(leads, environment) ||
        isInside(realPathSoFar(system, link), realPathSoFar(system, environment)));
    if (isOurs) removeIfThere(system, link);
  }
  if (isThere) system.rename(environment, going);
  removeTree(system, going);
  for (const folder of folders) removeIfEmpty(system, folder);
  return undefined;
}

function removeIfEmpty(system: System, folder: string): void {
  try {
    system.removeFolder(folder);
  } catch (error) {
    if (!hasErrno(error, 'ENOTEMPTY', 'EEXIST', 'ENOENT', 'ENOTDIR')) throw error;
  }
}

function moveBack(system: System, { from, to, note }: MoveAction): string | undefined {
  if (system.lstat(to) !== undefined) {
    if (system.lstat(from) !== undefined) return 'something else is in its old place';
    system.rename(to, from);
    system.syncFolder(join(from, '..'));
  } else if (system.lstat(from) === undefined) return `it is no longer at ${to}`;
  removeIfThere(system, note);
  removeDrafts(system, note);
  return undefined;
}

/** What `writeFileAtomic` leaves beside a file when its process dies. */
function removeDrafts(system: System, path: string): void {
  const folder = dirname(path);
  const start = `${basename(path)}.`;
  for (const { name } of system.readFolder(folder))
    if (String(name).startsWith(start) && /^[0-9a-f]{8}\.tmp$/.test(String(name).slice(start.length)))
      removeIfThere(system, join(folder, String(name)));
}
