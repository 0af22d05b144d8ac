import { readCrontab } from '../survey/references/places/crontabs.ts';
import type { Survey } from '../survey/survey.ts';
import { type CronLine, cronLines } from '../survey/timers/cron-lines.ts';
import { freeFrom, nextDue, type Starters, shownTime } from '../survey/timers/due.ts';
import { type UnitTimer, unitTimers } from '../survey/timers/unit-timers.ts';
import type { ReadSystem } from '../system.ts';
import type { Answers, Decision } from './decision.ts';
import { savedBy } from './disk-need.ts';
import { secondsFor } from './estimate.ts';
import { measureThroughput } from './throughput.ts';

/** The id of the question about what cron starts while the migration is at work. */
export const SCHEDULED_STARTS = 'scheduled-starts';

/** What a plan knows of crontab lines and timers that start something in the clone. */
export interface TimerFacts {
  /** How long the run may take, with a margin. */
  readonly windowMs: number;
  /** Undefined while none of them would come due. */
  readonly decision?: Decision;
}

/** People read and say yes before a run begins, and computers are busier than they were. */
const MARGIN_MS = 300_000;

/** Undefined where nothing starts by itself. Reads only; executes nothing but `crontab -l` and `systemctl list-timers`. */
export function findTimers(
  system: ReadSystem,
  survey: Survey,
  planningMs: number,
  answers: Answers,
): TimerFacts | undefined {
  const starters = startersOf(system, survey.source);
  if (starters.lines.length + starters.timers.length === 0) return undefined;
  const seconds = secondsFor(planningMs, measureThroughput(system, survey), savedBy(survey));
  const windowMs = Math.round(seconds.to * 1000) + MARGIN_MS;
  const isAsked = answers.has(SCHEDULED_STARTS) || nextDue(system, starters, windowMs) !== undefined;
  return { windowMs, ...(isAsked && { decision: decisionFor(system, starters, windowMs) }) };
}

/** All that starts something in the clone by itself now. */
export function startersOf(system: ReadSystem, clone: string): Starters {
  return { lines: startingLines(system, clone), timers: startingTimers(system, clone) };
}

export function startingTimers(system: ReadSystem, clone: string): UnitTimer[] {
  return system.platform === 'linux' ? unitTimers(system, clone) : [];
}

/** Lines of the person's crontab that start something in the clone now. */
export function startingLines(system: ReadSystem, clone: string): CronLine[] {
  if (system.platform === 'win32') return [];
  const { bytes } = readCrontab(system);
  return bytes === undefined ? [] : cronLines(system, clone, bytes);
}

/** Waiting is offered only where it comes to an end within a day. */
function decisionFor(system: ReadSystem, starters: Starters, windowMs: number): Decision {
  const due = nextDue(system, starters, windowMs);
  const free = freeFrom(system, starters, windowMs);
  const when = due === undefined ? '' : `, next at ${shownTime(system, due.at)} by ${due.by}`;
  const minutes = Math.ceil(windowMs / 60_000);
  return {
    id: SCHEDULED_STARTS,
    question: `${namesOf(starters)}${when}. A migration may be at work for ${minutes} minutes from now. What should happen?`,
    options: [
      ...(free === undefined
        ? []
        : [
            {
              id: 'wait',
              outcome: `Wait: no migration begins while a start is due within ${minutes} minutes; the next time without one is from ${shownTime(system, free)} on.`,
            },
          ]),
      {
        id: 'suspend',
        outcome:
          'Suspend: these lines are commented out, and these timers stopped, while the migration is at work; at its end they are as before.',
      },
      {
        id: 'go-on',
        outcome:
          'Go on: an orchestrator that runs when a phase begins ends the migration, and all is taken back.',
      },
    ],
    safe: free === undefined ? undefined : 'wait',
  };
}

function namesOf({ lines, timers }: Starters): string {
  const numbers = [...new Set(lines.map(({ line }) => line))].join(', ');
  const cron = lines.length === 0 ? [] : [`Your crontab starts something in the clone (line ${numbers})`];
  const units = timers.map(({ name }) => `the systemd timer ${name} starts something in the clone`);
  const all = [...cron, ...units].join(', and ');
  return all.charAt(0).toUpperCase() + all.slice(1);
}
