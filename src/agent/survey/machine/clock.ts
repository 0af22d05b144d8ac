import type { Finding } from '../finding.ts';

/** No file of an installation is younger than this program, so a clock before it is wrong. */
const EARLIEST = Date.UTC(2025, 0);
const TOLERANCE_MS = 10 * 60_000;

/** `newest`: change time in nanoseconds of the youngest file that was seen. */
export function clockFindings(now: Date, newest: bigint): Finding[] {
  const ahead = Number(newest / 1_000_000n) - now.getTime();
  const isEarly = now.getTime() < EARLIEST;
  if (!isEarly && ahead <= TOLERANCE_MS) return [];
  const reason = isEarly
    ? `it says ${now.toISOString().slice(0, 10)}`
    : 'files of the installation are from its future';
  return [
    {
      code: 'clock',
      level: 'warning',
      message: `The clock of this computer seems to be wrong: ${reason}. Backups and runs are named by it.`,
      fix: 'Set the clock (timedatectl shows it), then run the command again.',
    },
  ];
}
