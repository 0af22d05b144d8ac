import { join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { removeIfThere, writeFileAtomic } from '../files.ts';
import { askSystemd } from '../orchestrator/systemd.ts';
import { startingTimers } from '../plan/timers.ts';
import type { ReadSystem, System } from '../system.ts';
import { inWords } from './in-words.ts';
import { readJson } from './read-json.ts';
import type { StepWork } from './step.ts';

/** Names of the systemd timers that a run stopped, in its folder while they are. */
const KEPT = 'suspended-timers.json';
const WAIT_MS = 30_000;

/**
 * Stops the timers that start something in the clone. Their names are on the disk before the first is stopped, so that
 * the same call after a crash goes on, and each is started again. @throws TIMER_NOT_STOPPED
 */
export function suspendTimers({ system, folder, content }: StepWork): void {
  const kept = suspendedTimers(system, folder);
  const names = kept.length > 0 ? kept : startingTimers(system, content.source).map(({ name }) => name);
  if (names.length === 0) return;
  writeFileAtomic(system, join(folder, KEPT), `${JSON.stringify(names)}\n`);
  stopTimers(system, names);
}

/**
 * Stops again what a restart of the machine started in the middle of a run: a timer that is enabled comes back with it.
 * @throws TIMER_NOT_STOPPED
 */
export function suspendTimersAgain(system: System, folder: string, clone: string): void {
  const kept = suspendedTimers(system, folder);
  if (kept.length === 0) return;
  stopTimers(
    system,
    startingTimers(system, clone)
      .map(({ name }) => name)
      .filter((name) => kept.includes(name)),
  );
}

/** Starts them again. One that does not start, since its file is gone perhaps, is told, and keeps nothing from its end. */
export function restartTimers({ system, folder, emit }: StepWork): void {
  const left = suspendedTimers(system, folder).flatMap((name) => {
    const reason = askSystemd(system, { name, scope: 'user' }, 'start', WAIT_MS);
    return reason === undefined ? [] : [new AppError('SUSPENDED_TIMER_LEFT', { timer: name, reason })];
  });
  const path = join(folder, KEPT);
  for (const { message, hint } of left) emit({ type: 'kept', path, what: `${message} ${hint}` });
  if (left.length === 0) removeIfThere(system, path);
}

/** Names of those that a run stopped and did not start again. */
export function suspendedTimers(system: ReadSystem, folder: string): string[] {
  const path = join(folder, KEPT);
  return system.lstat(path) === undefined ? [] : (readJson(system, path) as string[]);
}

/** The same at the end of a run that went well: what fails is told, and undoes nothing. */
export function restartOrTell(work: StepWork): void {
  try {
    restartTimers(work);
  } catch (error) {
    const path = join(work.folder, KEPT);
    const { message: reason } = inWords(error, path);
    const told = new AppError('SUSPENDED_TIMERS_LEFT', { reason });
    work.emit({ type: 'kept', path, what: `${told.message} ${told.hint}` });
  }
}

function stopTimers(system: System, names: readonly string[]): void {
  for (const name of names) {
    const reason = askSystemd(system, { name, scope: 'user' }, 'stop', WAIT_MS);
    if (reason !== undefined) throw new AppError('TIMER_NOT_STOPPED', { timer: name, reason });
  }
}
