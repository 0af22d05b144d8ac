import { safeText } from '../../shared/safe-text.ts';
import { readIfReachable } from '../survey/reachable.ts';
import type { ReadSystem } from '../system.ts';

/** What the owner is shown in Discord, to recognise this computer. */
export interface MachineNames {
  readonly label: string;
  readonly os: string;
  readonly user: string;
}

const LONGEST = 60;

export function machineNames(system: ReadSystem): MachineNames {
  const text = (path: string) => readIfReachable(system, path)?.toString('utf8').trim();
  const host = text('/proc/sys/kernel/hostname') || text('/etc/hostname') || spokenName(system);
  const release = /^PRETTY_NAME="?([^"\n]+)"?$/m.exec(text('/etc/os-release') ?? '')?.[1];
  const user = system.env['USER'] || system.env['LOGNAME'] || `user ${system.uid ?? 'unknown'}`;
  return {
    label: plain(host || 'computer'),
    os: plain(release ?? system.platform),
    user: plain(user),
  };
}

function spokenName(system: ReadSystem): string {
  const { status, stdout } = system.run('hostname', [], { env: { PATH: system.env['PATH'] ?? '' } });
  return status === 0 ? stdout.toString('utf8').trim() : '';
}

function plain(text: string): string {
  return safeText(text, LONGEST) || 'unknown';
}
