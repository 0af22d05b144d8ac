import { readCrontab } from '../survey/references/places/crontabs.ts';
import type { Survey } from '../survey/survey.ts';
import { type CronLine, cronLines } from '../survey/timers/cron-lines.ts';
import { freeFrom, nextDue, shownTime } from '../survey/timers/due.ts';
import type { ReadSystem } from '../system.ts';
import type { Answers, Decision } from './decision.ts';
import { savedBy } from './disk-need.ts';
import { secondsFor } from './estimate.ts';
import { measureThroughput } from './throughput.ts';

/** The id of the question about what cron starts while the migration is at work. */
export const SCHEDULED_STARTS = 'scheduled-starts';

/** What a plan knows of the crontab lines that start something in the clone. */
export interface TimerFacts {
  /** How long the run may take, with a margin. */
  readonly windowMs: number;
  /** Undefined while none of them would come due. */
  readonly decision?: Decision;
}

/** People read and say yes before a run begins, and computers are busier than they were. */
const MARGIN_MS = 300_000;

/** Undefined where cron starts nothing of the clone. Reads only; nothing is executed but `crontab -l`. */
export function findTimers(
  system: ReadSystem,
  survey: Survey,
  planningMs: number,
  answers: Answers,
): TimerFacts | undefined {
  const lines = startingLines(system, survey.source);
  if (lines.length === 0) return undefined;
  const seconds = secondsFor(planningMs, measureThroughput(system, survey), savedBy(survey));
  const windowMs = Math.round(seconds.to * 1000) + MARGIN_MS;
  const isAsked = answers.has(SCHEDULED_STARTS) || nextDue(system, lines, windowMs) !== undefined;
  return { windowMs, ...(isAsked && { decision: decisionFor(system, lines, windowMs) }) };
}

/** Lines of the person's crontab that start something in the clone now. */
export function startingLines(system: ReadSystem, clone: string): CronLine[] {
  if (system.platform === 'win32') return [];
  const { bytes } = readCrontab(system);
  return bytes === undefined ? [] : cronLines(system, clone, bytes);
}

/** Waiting is offered only where it comes to an end within a day. */
function decisionFor(system: ReadSystem, lines: readonly CronLine[], windowMs: number): Decision {
  const due = nextDue(system, lines, windowMs);
  const free = freeFrom(system, lines, windowMs);
  const numbers = [...new Set(lines.map(({ line }) => line))].join(', ');
  const when = due === undefined ? '' : `, next at ${shownTime(system, due.at)} by line ${due.line}`;
  const minutes = Math.ceil(windowMs / 60_000);
  return {
    id: SCHEDULED_STARTS,
    question: `Your crontab starts something in the clone (line ${numbers})${when}. A migration may be at work for ${minutes} minutes from now. What should happen?`,
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
          'Suspend: these lines are commented out while the migration is at work, and given back at its end.',
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
