import { basename } from 'node:path';
import type { ReadSystem } from '../../system.ts';
import { readIfReachable, statIfReachable } from '../reachable.ts';
import { quote } from '../references/look.ts';
import type { BlindSpot } from '../references/reference.ts';

/** What this computer is inside of: there is then another system beside it, which cannot be looked at from here. */
export type MachineKind = 'plain' | 'wsl' | 'container';

export function kindOfMachine(system: ReadSystem): MachineKind {
  if (system.platform !== 'linux') return 'plain';
  const release = readIfReachable(system, '/proc/sys/kernel/osrelease')?.toString('utf8') ?? '';
  if (/microsoft/i.test(release)) return 'wsl';
  const marks = ['/.dockerenv', '/run/.containerenv'];
  return marks.some((mark) => statIfReachable(system, mark) !== undefined) ? 'container' : 'plain';
}

/** The other side, and how the person looks there. */
export function otherSide(kind: MachineKind, clone: string): BlindSpot[] {
  switch (kind) {
    case 'plain':
      return [];
    case 'wsl':
      return [
        {
          what: 'the Windows side of this computer',
          why: 'this is Linux inside of Windows; scheduled tasks and start files of Windows are not read',
          run: 'schtasks.exe /query /v /fo list | grep -i agent-workflow',
        },
      ];
    case 'container':
      return [
        {
          what: 'the computer that this container runs on',
          why: 'its cron jobs, units and processes cannot be seen from inside of the container',
          run: `grep -rnF ${quote(basename(clone))} /etc/cron.d /etc/systemd/system ~/.config/systemd  # on that computer`,
        },
      ];
  }
}
