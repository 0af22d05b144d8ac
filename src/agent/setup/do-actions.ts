import { basename, dirname, join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { AgentHome } from '../agent-home.ts';
import { makeFolders, removeIfThere, writeFileAtomic } from '../files.ts';
import { isInside, shortPath } from '../paths.ts';
import { inWords } from '../run/in-words.ts';
import { Journal, type Json } from '../run/journal.ts';
import { underLock } from '../run/lock.ts';
import { refuseDamaged } from '../run/record-folders.ts';
import { stateOf } from '../run/run-record.ts';
import { hashFile } from '../run/staging.ts';
import { realPathSoFar } from '../survey/reachable.ts';
import type { System } from '../system.ts';
import { environmentDigest } from './environment-digest.ts';
import { INSTALLERS } from './installers.ts';
import {
  createSetupRun,
  damagedSetupRecords,
  type InstallAction,
  type MoveAction,
  type SetupAction,
  type SetupRun,
  setupRunsOf,
  stepOf,
} from './setup-run.ts';
import { settleSetupRun, takeBackSetupRun } from './take-back.ts';

export interface SetupPlaces {
  readonly source: string;
  readonly target: string;
}

/** What only this call knows, and a later one needs not. */
export interface ActionTools {
  readonly python?: string;
  readonly wheels?: string | undefined;
}

/**
 * Does the actions: all of them, or none. Each is in the journal before it is begun. A run that was interrupted before is
 * taken back first.
 * @throws LOCKED, RUN_RECORD_DAMAGED, SETUP_CONFLICT before anything is touched; else what stopped it, all taken back; SETUP_UNFINISHED where
 *   taking back failed, too
 */
export function doActions(
  system: System,
  home: AgentHome,
  places: SetupPlaces,
  actions: readonly SetupAction[],
  tools: ActionTools = {},
): SetupRun {
  return underLock(system, places.target, () => {
    refuseDamaged(damagedSetupRecords(system, home));
    for (const run of setupRunsOf(system, home, places.target)) settleSetupRun(system, run);
    for (const action of actions) refuseTaken(system, action);
    const run = createSetupRun(system, home, places, actions);
    const journal = Journal.openNew(system, run.folder, run.record.id);
    try {
      journal.add({ type: 'begin' });
      for (const [n, action] of actions.entries()) {
        journal.add({ type: 'intent', step: stepOf(n) });
        const data = action.kind === 'install' ? install(system, action, tools) : moveAside(system, action);
        journal.add({ type: 'done', step: stepOf(n), data });
      }
      journal.add({ type: 'end', outcome: 'complete' });
      return { ...run, entries: journal.entries, state: stateOf(journal.entries) };
    } catch (error) {
      throw takeBackAfter(system, run, journal, inWords(error, run.folder));
    } finally {
      journal.close();
    }
  });
}

/** What is there already is somebody's, and taking back must find nothing but what was made here. */
function refuseTaken(system: System, action: SetupAction): void {
  const conflict = (path: string, reason: string) => new AppError('SETUP_CONFLICT', { path, reason });
  if (action.kind === 'move') {
    if (system.lstat(action.from) === undefined) throw conflict(action.from, 'it is gone');
    for (const path of [action.to, action.note])
      if (system.lstat(path) !== undefined) throw conflict(path, 'something has that name already');
    return;
  }
  const command = join(action.bin, 'agent-orch');
  for (const path of [action.environment, command])
    if (system.lstat(path) !== undefined) throw conflict(path, 'it was there before, and is left as it is');
}

function install(system: System, action: InstallAction, { python = 'python3', wheels }: ActionTools): Json {
  const { environment, bin, wheel, sha256, commands, method } = action;
  if (hashFile(system, wheel) !== sha256)
    throw new AppError('PACKAGE_WRONG', {
      file: basename(wheel),
      reason: 'it was changed since it was proven',
    });
  INSTALLERS[method].install(system, { python, wheel, commands, wheels, place: { environment, bin } });
  const command = join(bin, 'agent-orch');
  if (!isInside(realPathSoFar(system, command), realPathSoFar(system, environment)))
    throw new AppError('PACKAGE_INSTALL_FAILED', {
      method,
      reason: `${command} does not lead to the package`,
    });
  return { digest: environmentDigest(system, environment) };
}

/** The note is there before the move: whoever finds nothing in the old place finds it. */
function moveAside(system: System, { from, to, note, what }: MoveAction): Json {
  const it =
    what === 'clone' ? 'The git clone of agent-workflow' : 'A start command of the old agent-workflow clone';
  const text = [
    `${it} that was here, ${from},`,
    `is now ${to}`,
    '',
    'It was moved aside since agent-workflow is now a package of its own: start it with agent-orch, and look after the',
    `new home, its settings, with migration-agent status. ${what === 'clone' ? 'To have the clone back: migration-agent retire --undo' : `To have it back: mv ${shortPath(to, system.home)} ${shortPath(from, system.home)}`}`,
    '',
  ].join('\n');
  writeFileAtomic(system, note, text, 0o644);
  system.rename(from, to);
  system.syncFolder(dirname(to));
  return {};
}

/** The error to tell once everything is taken back; where that fails, too, the run stays open and says so. */
function takeBackAfter(system: System, run: SetupRun, journal: Journal, error: AppError): AppError {
  try {
    const { left } = takeBackSetupRun(system, run, journal);
    const [first] = left;
    if (first === undefined) return error;
    return new AppError('SETUP_LEFT', { count: left.length, ...first, folder: run.folder }, { cause: error });
  } catch (second) {
    inWords(second, run.folder);
    return new AppError('SETUP_UNFINISHED', { run: run.record.id, reason: error.message }, { cause: error });
  }
}

/** A run without a journal has done nothing. */

/** Keeps the proven file: what is installed is what was looked at. Its path. */
export function keepWheel(system: System, home: AgentHome, from: string, sha256: string): string {
  const folder = join(home.packages, sha256.slice(0, 16));
  const path = join(folder, basename(from));
  makeFolders(system, folder);
  if (system.lstat(path) !== undefined) removeIfThere(system, path);
  writeFileAtomic(system, path, system.readFile(from, 1 << 30));
  return path;
}
