import type { ReadSystem } from '../../system.ts';
import { ifReachable } from '../reachable.ts';
import type { CronLine } from './cron-lines.ts';
import { fits, type WallMinute } from './cron-schedule.ts';
import type { UnitTimer } from './unit-timers.ts';

/** What starts something in the clone by itself. */
export interface Starters {
  readonly lines: readonly CronLine[];
  readonly timers: readonly UnitTimer[];
}

/** A start that is to come. */
export interface DueStart {
  /** `line 3 of your crontab`, `the systemd timer aw.timer` */
  readonly by: string;
  readonly at: Date;
}

const MINUTE_MS = 60_000;
/** How far ahead a time without a start is looked for. */
const DAY_MS = 86_400_000;
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** The first start between now and `windowMs` later; undefined where there is none. */
export function nextDue(system: ReadSystem, starters: Starters, windowMs: number): DueStart | undefined {
  return startsWithin(system, starters, windowMs).next().value ?? undefined;
}

/** When a time of `windowMs` without a start begins, within a day; undefined where there is none. */
export function freeFrom(system: ReadSystem, starters: Starters, windowMs: number): Date | undefined {
  const now = system.now().getTime();
  let from = now;
  for (const { at } of startsWithin(system, starters, DAY_MS + windowMs)) {
    if (at.getTime() > from + windowMs) break;
    from = at.getTime() + MINUTE_MS;
  }
  return from > now + DAY_MS ? undefined : new Date(from);
}

/** `2025-06-01 14:05`, as the clock of cron shows it. */
export function shownTime(system: ReadSystem, at: Date): string {
  const { year, month, day, hour, minute } = partsOf(formatterOf(zoneOf(system)), at);
  return `${year}-${month}-${day} ${hour}:${minute}`;
}

function* startsWithin(
  system: ReadSystem,
  { lines, timers }: Starters,
  windowMs: number,
): Generator<DueStart, undefined> {
  const own = zoneOf(system);
  const formatters = new Map(
    [own, ...lines.map(({ zone }) => zone ?? own)].map((zone) => [zone, formatterOf(zone)]),
  );
  const now = system.now().getTime();
  for (let time = Math.ceil(now / MINUTE_MS) * MINUTE_MS; time <= now + windowMs; time += MINUTE_MS) {
    const at = new Date(time);
    const walls = new Map([...formatters].map(([zone, formatter]) => [zone, wallOf(formatter, at)]));
    const due = lines.find(
      ({ schedule, zone }) =>
        schedule === undefined ||
        [own, zone ?? own].some((one) => fits(schedule, walls.get(one) as WallMinute)),
    );
    const timer = due === undefined ? timers.find((one) => startsBy(one, time)) : undefined;
    if (due !== undefined) yield { by: `line ${due.line} of your crontab`, at };
    else if (timer !== undefined) yield { by: `the systemd timer ${timer.name}`, at };
  }
}

/** In the minute that ends then; at any time after the next start where nobody knows how often it comes. */
function startsBy({ next, everyMs }: UnitTimer, time: number): boolean {
  const since = time - next.getTime();
  if (since < 0) return false;
  return since < MINUTE_MS || everyMs === undefined || since % everyMs < MINUTE_MS;
}

/** The zone of the computer, which cron keeps to, and not the one of this process; undefined where it has no name. */
function zoneOf(system: ReadSystem): string | undefined {
  const path = ifReachable(() => system.realPath('/etc/localtime'));
  return /zoneinfo\/(?:posix\/)?(.+)$/.exec(path ?? '')?.[1];
}

function formatterOf(timeZone: string | undefined): Intl.DateTimeFormat {
  const options = {
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    weekday: 'short',
  } as const;
  try {
    return new Intl.DateTimeFormat('en-US', { ...options, timeZone });
  } catch (error) {
    // No zone that anybody knows.
    if (error instanceof RangeError) return new Intl.DateTimeFormat('en-US', options);
    throw error;
  }
}

function partsOf(formatter: Intl.DateTimeFormat, at: Date): Record<string, string> {
  return Object.fromEntries(formatter.formatToParts(at).map(({ type, value }) => [type, value]));
}

function wallOf(formatter: Intl.DateTimeFormat, at: Date): WallMinute {
  const { month, day, hour, minute, weekday } = partsOf(formatter, at);
  return {
    minute: Number(minute),
    hour: Number(hour),
    day: Number(day),
    month: Number(month),
    weekday: WEEKDAYS.indexOf(weekday ?? ''),
  };
}
