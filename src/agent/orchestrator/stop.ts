import { setTimeout } from 'node:timers/promises';
import { AppError, hasErrno } from '../../shared/errors.ts';
import type { System } from '../system.ts';
import type { Consent } from './consent.ts';
import type { Program } from './program.ts';
import { askSystemd } from './systemd.ts';

const LOOK_EVERY_MS = 50;
/** For the system to clear away what was ended at once. */
const CLEAR_AWAY_MS = 5_000;

/**
 * Asks a program to end and waits for it: its service through systemd, which else would start it again, and any other by
 * SIGTERM. Ends it at once only where the person says so.
 * @throws ORCHESTRATOR_NOT_STOPPED with the reason; it runs on then
 */
export async function stopProgram(system: System, program: Program, consent: Consent): Promise<void> {
  if (hasEnded(system, program)) return;
  const { unit, pid } = program;
  if (unit === undefined && system.platform !== 'win32') {
    signal(system, program, 'SIGTERM');
  } else if (unit !== undefined) {
    const refused = askSystemd(system, unit, 'stop', consent.waitMs);
    if (refused !== undefined) throw notStopped(program, refused);
  }
  // Windows knows no gentle signal: there, a person who closes the program's window meanwhile is waited for.
  if (await endsWithin(system, program, consent.waitMs)) return;
  if (!(await consent.endAtOnce(program)))
    throw notStopped(
      program,
      `it still runs ${Math.round(consent.waitMs / 1000)} s after it was asked to end`,
    );
  // The answer may have taken minutes: the number can be another process's by now.
  if (hasEnded(system, program)) return;
  signal(system, program, 'SIGKILL');
  if (!(await endsWithin(system, program, CLEAR_AWAY_MS)))
    throw notStopped(program, `process ${pid} cannot be ended`);
}

function signal(system: System, program: Program, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    system.endProcess(program.pid, name);
  } catch (error) {
    if (!hasErrno(error, 'EPERM')) throw error;
    throw notStopped(program, 'it belongs to another user');
  }
}

async function endsWithin(system: System, program: Program, waitMs: number): Promise<boolean> {
  const until = system.elapsed() + waitMs;
  while (!hasEnded(system, program)) {
    if (system.elapsed() >= until) return false;
    await setTimeout(LOOK_EVERY_MS);
  }
  return true;
}

/** Gone, or its number is another process's by now. */
function hasEnded(system: System, { pid, start }: Program): boolean {
  return !system.isAlive(pid) || system.processStart(pid) !== start;
}

export function notStopped({ pid, command }: Program, reason: string): AppError {
  return new AppError('ORCHESTRATOR_NOT_STOPPED', { pid, command, reason });
}
