import { AppError } from '../../shared/errors.ts';
import type { Consent } from '../orchestrator/consent.ts';
import { describeProgram, type Program } from '../orchestrator/program.ts';
import type { RollbackPreview } from '../rollback/preview.ts';
import { placesOfOrchestrator } from '../rollback/rollback.ts';
import { canAsk } from '../setup/talk.ts';
import { findAllRunning } from '../survey/orchestrator.ts';
import type { Call, VerbOption } from './verb.ts';

const WAIT_S = 20;
const MOST_S = 3600;

/** Options of commands that a running orchestrator stands in the way of. */
export const STOPPING = {
  'stop-orchestrator': {
    type: 'boolean',
    about:
      'stop an orchestrator that runs, and start it again afterwards; without it you are asked at a terminal',
  },
  'stop-wait': {
    type: 'string',
    value: 'SECONDS',
    about: `how long it may take to end (default ${WAIT_S}); it is never ended at once without asking`,
  },
} as const satisfies Record<string, VerbOption>;

/**
 * A person's yes to stopping what runs: named on the command line, or asked for at the terminal. `--yes` alone is none, so
 * that undefined then leaves a running orchestrator in the way. A program that may be another installation's is asked
 * about by itself, whatever the command line says.
 */
export async function consentToStop(
  call: Call,
  preview: RollbackPreview,
): Promise<Consent | 'declined' | undefined> {
  const { system, flags } = call;
  const waitMs = waitOf(flags['stop-wait']);
  const { clone, target } = placesOfOrchestrator(preview);
  const running = findAllRunning(system, clone, target).map((one) => describeProgram(system, one));
  const consentTo = (programs: readonly Program[]): Consent => ({
    programs,
    waitMs,
    endAtOnce: async ({ pid }) =>
      canAsk(call) &&
      (await call.confirm(`Process ${pid} did not end. End it at once? Work that it has not saved is lost.`)),
  });
  const isGiven = flags['stop-orchestrator'] === true;
  const ours = running.filter(({ isSurelyOurs }) => isSurelyOurs);
  const unclear = running.filter(({ isSurelyOurs }) => !isSurelyOurs);
  if (!canAsk(call)) return isGiven ? consentTo(ours) : undefined;
  if (running.length === 0) return isGiven ? consentTo([]) : undefined;
  for (const { pid, command, unit } of ours)
    call.say(
      `An orchestrator is running: process ${pid}, ${unit === undefined ? command : `service ${unit.name}`}`,
    );
  if (ours.length > 0 && !isGiven && !(await call.confirm('Stop it, and start it again afterwards?')))
    return 'declined';
  for (const program of unclear) if (!(await agreesToUnclear(call, program))) return 'declined';
  return consentTo(running);
}

async function agreesToUnclear(call: Call, { pid, command }: Program): Promise<boolean> {
  call.say(`Process ${pid} (${command}) may work on another home: its environment cannot be read.`);
  return call.confirm(`Stop process ${pid}, and start it again afterwards where that can be done?`);
}

function waitOf(flag: Call['flags'][string]): number {
  const seconds = flag === undefined ? WAIT_S : Number(flag);
  if (Number.isInteger(seconds) && seconds >= 0 && seconds <= MOST_S) return seconds * 1000;
  throw new AppError('STOP_WAIT_INVALID', { value: String(flag), most: MOST_S });
}
