import type { ReadSystem } from '../../system.ts';
import { CloneNames } from '../references/clone-names.ts';
import { SCHEDULE } from '../references/find-in-place.ts';
import { type CronSchedule, readSchedule } from './cron-schedule.ts';

/** A job of the person's crontab that starts something in the clone. */
export interface CronLine {
  /** From 1. */
  readonly line: number;
  /** Undefined where nobody here can tell when: it may be any minute. */
  readonly schedule: CronSchedule | undefined;
  /** The time zone that a `CRON_TZ` above it names. Some crons know it, some do not. */
  readonly zone: string | undefined;
}

const VARIABLE = /^[ \t]*["']?(\w+)["']?[ \t]*=[ \t]*(.*?)[ \t\r]*$/;
/** What is found by PATH, and may be of the clone. */
const PROGRAM = /(?:^|[\s/;&|])(?:aw|agent-orch|python[\d.]*)(?:\s|$)/;

/** Jobs that name the clone, themselves or by a variable above them; none that only a start of the computer starts. */
export function cronLines(system: ReadSystem, clone: string, crontab: Buffer): CronLine[] {
  const names = new CloneNames(system, clone);
  const namesClone = (text: string) => names.mentions(text, [system.home]).length > 0;
  const variables = new Set<string>();
  let zone: string | undefined;
  const found: CronLine[] = [];
  for (const [n, text] of crontab.toString('latin1').split('\n').entries()) {
    if (/^[ \t]*(?:#|$)/.test(text)) continue;
    const job = SCHEDULE.exec(text);
    if (job === null) {
      const [, name = '', value = ''] = VARIABLE.exec(text) ?? [];
      if (namesClone(text)) variables.add(name);
      else variables.delete(name);
      if (name === 'CRON_TZ') zone = value.replace(/^(["'])(.*)\1$/, '$2');
      continue;
    }
    const command = text.slice(job[0].length);
    const belongs = namesClone(command) || [...variables].some((name) => uses(command, name));
    const schedule = belongs ? readSchedule(job[0]) : 'at-boot';
    if (schedule !== 'at-boot') found.push({ line: n + 1, schedule, zone });
  }
  return found;
}

function uses(command: string, name: string): boolean {
  // Every job starts in HOME.
  if (name === 'HOME' || (name === 'PATH' && PROGRAM.test(command))) return true;
  return new RegExp(`\\$\\{?${name}\\b`).test(command);
}
