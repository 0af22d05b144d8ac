import { describe, expect, test } from 'vitest';
import {
  type CronSchedule,
  fits,
  readSchedule,
  type WallMinute,
} from '../../../../src/agent/survey/timers/cron-schedule.ts';

/** Sunday, 1 June, 12:10. */
const AT: WallMinute = { minute: 10, hour: 12, day: 1, month: 6, weekday: 0 };

function comes(schedule: string, at: WallMinute = AT): boolean {
  return fits(readSchedule(schedule) as CronSchedule, at);
}

describe('A schedule of cron', () => {
  test.each([
    '* * * * *',
    '10 12 1 6 0',
    '10 12 1 jun sun',
    '*/5 * * * 7',
    '0-30/10 9-17 * * *',
    '1,10 * * * *',
    '-10 12 * * *',
    '10\t12  * * 5-7 ',
  ])('"%s" comes due', (schedule) => {
    expect(comes(schedule)).toBe(true);
  });

  test.each(['9 * * * *', '*/7 * * * *', '10 13 * * *', '10 12 2 * *', '10 12 * jan *', '10 12 * * mon-fri'])(
    '"%s" does not',
    (schedule) => {
      expect(comes(schedule)).toBe(false);
    },
  );

  test('with both days given comes due on either, with a star in front of one only on both', () => {
    expect(comes('10 12 1 * mon')).toBe(true);
    expect(comes('10 12 2 * sun')).toBe(true);
    expect(comes('10 12 2 * mon')).toBe(false);
    expect(comes('10 12 */2 * mon')).toBe(false);
  });

  test('with a name is read as its five fields', () => {
    expect(comes('@hourly', { ...AT, minute: 0 })).toBe(true);
    expect(comes('@daily', { ...AT, minute: 0 })).toBe(false);
    expect(comes('@weekly', { ...AT, minute: 0, hour: 0, day: 8 })).toBe(true);
    expect(comes('@monthly', { ...AT, minute: 0, hour: 0, weekday: 3 })).toBe(true);
    expect(comes('@yearly', { ...AT, minute: 0, hour: 0 })).toBe(false);
    expect(readSchedule('@reboot')).toBe('at-boot');
  });

  test.each([
    '60 * * * *',
    '5/10 * * * *',
    '0~30 * * * *',
    '@every_minute',
    '*/0 * * * *',
    '* * * *',
    '9-5 * * * *',
  ])('"%s" is read by nobody here', (schedule) => {
    expect(readSchedule(schedule)).toBeUndefined();
  });
});
