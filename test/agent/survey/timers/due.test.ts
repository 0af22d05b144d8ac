import { describe, expect, test } from 'vitest';
import { readOnly } from '../../../../src/agent/read-only-system.ts';
import type { CronLine } from '../../../../src/agent/survey/timers/cron-lines.ts';
import { type CronSchedule, readSchedule } from '../../../../src/agent/survey/timers/cron-schedule.ts';
import { freeFrom, nextDue, shownTime } from '../../../../src/agent/survey/timers/due.ts';
import { withOverrides } from '../../../helpers/faulty-system.ts';
import { systemAt } from '../../../helpers/plan.ts';

const MINUTE = 60_000;

function systemIn(zone: string, now: string) {
  const real = systemAt('/');
  return readOnly(
    withOverrides(real, {
      now: () => new Date(now),
      realPath: (path) => (path === '/etc/localtime' ? `/usr/share/zoneinfo/${zone}` : real.realPath(path)),
    }),
  );
}

function line(schedule: string, zone?: string): CronLine {
  return { line: 3, schedule: readSchedule(schedule) as CronSchedule | undefined, zone };
}

const cron = (...lines: CronLine[]) => ({ lines, timers: [] });

describe('The next start', () => {
  const system = systemIn('Europe/Berlin', '2025-06-01T12:00:30.000Z');

  test('is told by the clock of the computer, whatever the zone of this process', () => {
    const due = nextDue(system, cron(line('5 14 * * *')), 10 * MINUTE);
    expect(due).toEqual({ by: 'line 3 of your crontab', at: new Date('2025-06-01T12:05:00.000Z') });
    expect(shownTime(system, due?.at as Date)).toBe('2025-06-01 14:05');
    expect(nextDue(system, cron(line('5 12 * * *')), 10 * MINUTE)).toBeUndefined();
  });

  test('is looked for within the time that is asked for', () => {
    expect(nextDue(system, cron(line('5 14 * * *')), 4 * MINUTE)).toBeUndefined();
    expect(nextDue(system, cron(line('0 14 * * *')), 10 * MINUTE)).toBeUndefined();
  });

  test('may follow the zone that the crontab names, and one that nobody knows changes nothing', () => {
    expect(nextDue(system, cron(line('5 21 * * *', 'Asia/Tokyo')), 10 * MINUTE)?.by).toBe(
      'line 3 of your crontab',
    );
    expect(nextDue(system, cron(line('5 14 * * *', 'Asia/Tokyo')), 10 * MINUTE)?.by).toBe(
      'line 3 of your crontab',
    );
    expect(nextDue(system, cron(line('5 14 * * *', 'No/Where')), 10 * MINUTE)?.by).toBe(
      'line 3 of your crontab',
    );
  });

  test('may be any minute where the schedule is not understood', () => {
    expect(nextDue(system, cron(line('0~30 * * * *')), MINUTE)?.at).toEqual(
      new Date('2025-06-01T12:01:00.000Z'),
    );
  });
});

describe('A time without a start', () => {
  const system = systemIn('Etc/UTC', '2025-06-01T12:00:00.000Z');

  test('begins a minute after the last start that is too near', () => {
    const from = (schedule: string) => freeFrom(system, cron(line(schedule)), 10 * MINUTE)?.toISOString();
    expect(from('30 * * * *')).toBe('2025-06-01T12:00:00.000Z');
    expect(from('5 * * * *')).toBe('2025-06-01T12:06:00.000Z');
    expect(from('0-40/5 12 * * *')).toBe('2025-06-01T12:41:00.000Z');
  });

  test('is not there where the starts lie too close', () => {
    expect(freeFrom(system, cron(line('*/5 * * * *')), 10 * MINUTE)).toBeUndefined();
    expect(freeFrom(system, cron(line('0~30 * * * *')), MINUTE)).toBeUndefined();
  });
});
