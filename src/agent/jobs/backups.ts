import { seconds } from '../../protocol/clock.ts';
import { numberedBackups } from './backup-numbers.ts';
import type { JobFunction } from './job.ts';

const MOST = 25;

export const backups: JobFunction<'backups'> = async (_job, work) => {
  const all = numberedBackups(work);
  return {
    end: 'done',
    result: {
      total: all.length,
      shown: all.slice(0, MOST).map(({ number, backup: { complete, created, id, kind, files, bytes } }) => ({
        backup: number,
        complete,
        created: created === undefined ? timeInName(id) : seconds(new Date(created)),
        ...(kind === undefined ? {} : { kind }),
        ...(files === undefined ? {} : { files }),
        ...(bytes === undefined ? {} : { bytes }),
      })),
    },
  };
};

/** Of a backup whose manifest cannot be read only the name tells when it was made. */
function timeInName(id: string): number {
  const match = /(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)/.exec(id);
  if (match === null) return 0;
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return Math.max(0, Date.UTC(year, month - 1, day, hour, minute, second) / 1000);
}
