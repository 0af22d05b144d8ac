import { logFault } from '../fault-log.ts';
import { doDueLooks } from '../health/due-looks.ts';
import { lookAsJson, lookInWords, problemsOf } from '../health/looks.ts';
import { shortPath } from '../paths.ts';
import type { Call } from './verb.ts';

/** What stays quiet: `exec` is in the place of its command, and `connect` looks by itself. */
const QUIET = new Set(['exec', 'connect']);

/**
 * The looks after a migration that were due while no agent ran, once the command itself has answered. Each is told once, in
 * one line on stderr, and has no part in the command's exit code.
 */
export async function tellDueLooks(call: Call, verb: string): Promise<void> {
  const { system, settings } = call;
  if (QUIET.has(verb) || call.stopAsked()) return;
  try {
    for (const { target, look } of await doDueLooks(system, settings)) {
      call.progress({ type: 'look', target, ...lookAsJson(look) });
      if (call.json) continue;
      const isFine = look.record !== undefined && problemsOf(look.record).length === 0;
      call.sayAside(
        `Looked at ${shortPath(target, system.home)} ${lookInWords(look)}${isFine ? '' : '; migration-agent health tells more'}`,
      );
    }
  } catch (error) {
    logFault(system, settings.home, error);
  }
}
