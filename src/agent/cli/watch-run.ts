import { setTimeout } from 'node:timers/promises';
import { AppError } from '../../shared/errors.ts';
import { workingOn } from '../run/lock.ts';
import { loadRun, newestRun, type Run } from '../run/run-record.ts';
import type { Call } from './verb.ts';

const LOOK_EVERY_MS = 250;
/** A run whose journal has no new record is looked at for this long without a process at it: one may just begin. */
const GRACE_LOOKS = 4;

/** A look at a run, whenever something of it is new. */
export interface Sight {
  readonly run: Run;
  /** Pid of the process that is at it. */
  readonly pid: number | undefined;
}

/**
 * Looks at a run until it ends, waits for its person, or nobody is at it any more, and calls `changed` whenever its journal
 * has a new record or its process is another one. It only reads. The last sight.
 * @throws RUN_NOT_FOUND where there is no such run
 */
export async function watchRun(
  call: Pick<Call, 'system' | 'settings' | 'stopAsked'>,
  id: string | undefined,
  changed: (sight: Sight) => void,
): Promise<Sight> {
  const { system, settings } = call;
  const first = id ?? newestRun(system, settings.home)?.record.id;
  if (first === undefined) throw new AppError('RUN_NOT_FOUND', { run: 'at all' });
  let before: string | undefined;
  let quiet = 0;
  for (;;) {
    const run = loadRun(system, settings.home, first);
    const pid = run.state.outcome === undefined ? workingOn(system, run.record.target) : undefined;
    const now = `${run.entries.length} ${run.state.outcome} ${pid}`;
    if (now !== before) changed({ run, pid });
    quiet = now === before && pid === undefined ? quiet + 1 : 0;
    before = now;
    if (run.state.outcome !== undefined || quiet >= GRACE_LOOKS || call.stopAsked()) return { run, pid };
    await setTimeout(LOOK_EVERY_MS);
  }
}
