import { join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { removeIfThere, writeFileAtomic } from '../files.ts';
import { askSystemd } from '../orchestrator/systemd.ts';
import { startingTimers } from '../plan/timers.ts';
import type { ReadSystem } from '../system.ts';
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
  for (const name of names) {
    const reason = askSystemd(system, { name, scope: 'user' }, 'stop', WAIT_MS);
    if (reason !== undefined) throw new AppError('TIMER_NOT_STOPPED', { timer: name, reason });
  }
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
