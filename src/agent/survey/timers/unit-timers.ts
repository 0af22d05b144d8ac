import { basename, join } from 'node:path';
import type { ReadSystem } from '../../system.ts';
import type { Finding } from '../finding.ts';
import { ifReachable, readIfReachable } from '../reachable.ts';
import { CloneNames } from '../references/clone-names.ts';
import { unitFolders } from '../references/places/units.ts';

/** The person's systemd timers whose service names the clone. When they start it only systemd can tell. */
export function unitTimerFindings(system: ReadSystem, clone: string): Finding[] {
  const names = new CloneNames(system, clone);
  const folders = unitFolders(system);
  const read = (name: string) =>
    folders
      .flatMap((folder) => readIfReachable(system, join(folder, name)) ?? [])
      .map((bytes) => bytes.toString('latin1'))
      .join('\n');
  const timers = folders.flatMap((folder) =>
    (ifReachable(() => system.readFolder(folder)) ?? [])
      .map(({ name }) => String(name))
      .filter((name) => name.endsWith('.timer'))
      .map((name) => join(folder, name)),
  );
  return timers.flatMap((file): Finding[] => {
    const name = basename(file);
    const unit = /^[ \t]*Unit[ \t]*=[ \t]*(\S+)/m.exec(read(name))?.[1] ?? name.replace(/timer$/, 'service');
    if (names.mentions(read(basename(unit)), [system.home]).length === 0) return [];
    return [
      {
        code: 'unit-timer',
        level: 'warning',
        message: `The systemd timer ${name} starts something in the clone, maybe while the migration is at work.`,
        file,
        fix: `See when with \`systemctl --user list-timers ${name}\`; \`systemctl --user stop ${name}\` holds it until you start it again.`,
      },
    ];
  });
}
