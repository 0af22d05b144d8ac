import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compactTime, newRunId } from '../../src/shared/ids.ts';

const time = fc.date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true });

it('a time in a name is in UTC, without its parts of a second', () => {
  expect(compactTime(new Date('2024-01-15T15:30:45.678+01:00'))).toBe('20240115-143045');
});

it('names of later seconds sort behind those of earlier ones', () => {
  fc.assert(
    fc.property(time, time, (a, b) => {
      const seconds = (date: Date) => Math.floor(date.getTime() / 1000);

      expect(Math.sign(seconds(a) - seconds(b))).toBe(compare(compactTime(a), compactTime(b)));
    }),
  );
});

it('two runs of one second have different ids', () => {
  const now = new Date('2024-01-15T14:30:45Z');
  const ids = Array.from({ length: 20 }, () => newRunId(now));

  expect(new Set(ids).size).toBeGreaterThan(15);
  for (const id of ids) expect(id).toMatch(/^run-20240115-143045-000-[0-9a-f]{16}$/);
});

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
