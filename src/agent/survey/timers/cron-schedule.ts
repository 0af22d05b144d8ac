/** The five fields of a crontab line, as crontab(5) of Vixie cron and its heirs read them. */
export interface CronSchedule {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  /** 0 is Sunday. */
  readonly weekdays: ReadonlySet<number>;
  /** Both day fields have to fit, since one of them begins with a star; else one of them is enough. */
  readonly needsBothDays: boolean;
}

/** A minute as the clock on the wall shows it. */
export interface WallMinute {
  readonly minute: number;
  readonly hour: number;
  readonly day: number;
  /** From 1. */
  readonly month: number;
  /** 0 is Sunday. */
  readonly weekday: number;
}

const NICKNAMES: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
};
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** `at-boot` for `@reboot`; undefined for what only the cron of this computer may understand. */
export function readSchedule(text: string): CronSchedule | 'at-boot' | undefined {
  const words = text.trim().toLowerCase().replace(/^-/, '');
  if (words === '@reboot') return 'at-boot';
  const fields = (NICKNAMES[words] ?? words).split(/[ \t]+/);
  if (fields.length !== 5) return undefined;
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = fields;
  const minutes = readField(minute, 0, 59);
  const hours = readField(hour, 0, 23);
  const days = readField(day, 1, 31);
  const months = readField(month, 1, 12, MONTHS);
  const weekdays = readField(weekday, 0, 7, WEEKDAYS);
  if (!minutes || !hours || !days || !months || !weekdays) return undefined;
  if (weekdays.has(7)) weekdays.add(0);
  const needsBothDays = day.startsWith('*') || weekday.startsWith('*');
  return { minutes, hours, days, months, weekdays, needsBothDays };
}

export function fits(schedule: CronSchedule, at: WallMinute): boolean {
  const [day, weekday] = [schedule.days.has(at.day), schedule.weekdays.has(at.weekday)];
  return (
    schedule.minutes.has(at.minute) &&
    schedule.hours.has(at.hour) &&
    schedule.months.has(at.month) &&
    (schedule.needsBothDays ? day && weekday : day || weekday)
  );
}

/** The numbers of `*`, `5`, `1-5`, `mon-fri`, steps such as `0-59/10` and lists of them; undefined for anything else. */
function readField(
  field: string,
  least: number,
  most: number,
  names: readonly string[] = [],
): Set<number> | undefined {
  const numbers = new Set<number>();
  const numberOf = (word: string) => {
    const named = names.indexOf(word);
    return named < 0 ? Number(word) : named + (least === 1 ? 1 : 0);
  };
  for (const part of field.split(',')) {
    const match = /^(?:(\*)|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/.exec(part);
    if (match === null) return undefined;
    const [, star, first = '', last, step] = match;
    if (star === undefined && last === undefined && step !== undefined) return undefined;
    const from = star === undefined ? numberOf(first) : least;
    const to = star === undefined ? numberOf(last ?? first) : most;
    const by = Number(step ?? 1);
    if (!(from >= least && from <= to && to <= most && by > 0)) return undefined;
    for (let n = from; n <= to; n += by) numbers.add(n);
  }
  return numbers;
}
