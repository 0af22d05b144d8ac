import type { DiskNeed, Range } from './disk-need.ts';
import { totalOf } from './disk-need.ts';
import type { Throughput } from './throughput.ts';

/** What a migration takes of this computer, as ranges; how long a person reads and answers is not in it. */
export interface Estimate {
  readonly seconds: Range;
  readonly disk_bytes: Range;
  /** What the seconds are made of. */
  readonly measured: Throughput & { readonly planning_milliseconds: number };
}

/** How often the bytes are read, hashed, searched and written, at least and at most: backup, reading it back, checks. */
const PASSES = { from: 3, to: 12 } as const;
/** A run plans again before it writes, and looks again at what it wrote. */
const PLANNINGS = { from: 1, to: 3 } as const;
/** Waiting for the disk after each record of the journal and each part of the backup: fast and slow disks. */
const SYNC_MS = { from: 50, to: 3000 } as const;
/** Where the sample was empty: one small file on a slow disk. */
const SLOW_FILE_MS = 0.5;

/**
 * From the time that this assessment took to plan, and from how fast it read and hashed a sample.
 */
export function estimate(planningMs: number, sample: Throughput, need: DiskNeed): Estimate {
  return {
    seconds: secondsFor(planningMs, sample, { entries: need.entries, bytes: need.backups.from }),
    disk_bytes: totalOf(need),
    measured: { ...sample, planning_milliseconds: planningMs },
  };
}

/** How long it takes to save that many files and folders with that many bytes, and all that belongs to it. */
export function secondsFor(
  planningMs: number,
  sample: Throughput,
  { entries, bytes }: { readonly entries: number; readonly bytes: number },
): Range {
  // Whether files or bytes cost the time depends on the disk: the range spans both.
  const perFile = sample.files === 0 ? SLOW_FILE_MS : sample.milliseconds / sample.files;
  const perByte = sample.bytes === 0 ? 0 : sample.milliseconds / sample.bytes;
  const onePass = Math.max(perFile * entries, perByte * bytes);
  const leastPass = Math.min(perFile * entries, perByte * bytes);
  return {
    from: rounded(planningMs * PLANNINGS.from + leastPass * PASSES.from + SYNC_MS.from),
    to: rounded(planningMs * PLANNINGS.to + onePass * PASSES.to + SYNC_MS.to),
  };
}

/** Seconds, to the tenth; nothing takes none. */
function rounded(milliseconds: number): number {
  return Math.max(0.1, Math.round(milliseconds / 100) / 10);
}
