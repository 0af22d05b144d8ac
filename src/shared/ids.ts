import { randomBytes } from 'node:crypto';

/** `YYYYMMDD-HHMMSS` in UTC: the form in names of backups, runs and logs. */
export function compactTime(date: Date): string {
  return date
    .toISOString()
    .replace(/[-:]/g, '')
    .replace(/\.\d+Z$/, '')
    .replace('T', '-');
}

/** A run's id, sortable by time: `run-20240115-143045-3f9a`. */
export function newRunId(now: Date): string {
  return `run-${compactTime(now)}-${randomBytes(2).toString('hex')}`;
}
