import { bytesInWords, counted, durationInWords } from '../../../shared/words.ts';
import { shortPath } from '../../paths.ts';
import { PARTS, type Rehearsal, type RolledBack } from '../../rehearsal/rehearse.ts';
import { facts, shortList } from './table.ts';

/** What a rehearsal measured, for people. */
export function rehearsalLines(rehearsal: Omit<Rehearsal, 'error'>, home: string): string[] {
  const { source, target, times, disk, checks, rollback, notCopied } = rehearsal;
  return [
    '',
    ...facts([
      ['Source', `${shortPath(source, home)} (only read)`],
      ['Target', `a copy of ${shortPath(target, home)}`],
      ['Checks', `${checks.ok} of ${checks.of} without an error`],
      ['Rollback', rollback === undefined ? 'not tried' : rollbackWords(rollback)],
      ['Source afterwards', sourceWords(rollback)],
    ]),
    '',
    'Time, measured here',
    ...facts(times.map(({ part, milliseconds }) => [PARTS[part], durationInWords(milliseconds)])),
    ...facts([['In all', durationInWords(rehearsal.milliseconds)]]),
    '',
    'Disk',
    ...facts([
      ['Backup', `${bytesInWords(disk.backup)}, ${bytesInWords(disk.freeForBackup)} free`],
      ['New home', `${bytesInWords(disk.home)}, ${bytesInWords(disk.freeForHome)} free`],
    ]),
    ...(notCopied.length === 0
      ? []
      : ['', 'Not rehearsed, since it cannot be copied', ...shortList(notCopied)]),
    ...(rollback === undefined || rollback.exact
      ? []
      : ['', 'Differs after the rollback', ...shortList(rollback.differing)]),
  ];
}

function rollbackWords({ exact, before, differing }: RolledBack): string {
  if (!exact) return `not exact: ${counted(differing.length, 'entry differs', 'entries differ')}`;
  return before === 'absent'
    ? 'exact: there was no home before, and there is none afterwards'
    : `exact: every byte, mode, owner and time is as before (${before.slice(0, 12)})`;
}

function sourceWords(rollback: RolledBack | undefined): string {
  if (rollback === undefined) return 'not compared';
  return rollback.sourceUnchanged ? 'as before' : 'somebody changed it meanwhile';
}
