import { randomBytes } from 'node:crypto';

/** `YYYYMMDD-HHMMSS` in UTC: the form in names of backups, runs and logs. */
export function compactTime(date: Date): string {
  return date
    .toISOString()
    .replace(/[-:]/g, '')
    .replace(/\.\d+Z$/, '')
    .replace('T', '-');
}

/** A run's id, sortable by its milliseconds, which nobody can guess: `run-20240115-143045-678-3f9a1c0de77b5642`. */
export function newRunId(now: Date): string {
  const milliseconds = String(now.getUTCMilliseconds()).padStart(3, '0');
  return `run-${compactTime(now)}-${milliseconds}-${randomBytes(8).toString('hex')}`;
}
