import { basename, join } from 'node:path';
import { readUserSystemd } from '../../orchestrator/systemd.ts';
import type { ReadSystem } from '../../system.ts';
import type { Finding } from '../finding.ts';
import { ifReachable, readIfReachable } from '../reachable.ts';
import { CloneNames } from '../references/clone-names.ts';
import { unitFolders } from '../references/places/units.ts';

/** A timer of the person's systemd that runs and whose service names the clone. */
export interface UnitTimer {
  readonly name: string;
  readonly next: Date;
  /** From the last start to the next one; undefined where it has not started anything yet. */
  readonly everyMs: number | undefined;
}

interface TimerFile {
  readonly name: string;
  readonly file: string;
}

/** Those that will start something, as systemd tells. Empty where it does not: then their files are all that is known. */
export function unitTimers(system: ReadSystem, clone: string): UnitTimer[] {
  const names = [...new Set(timerFiles(system, clone).map(({ name }) => name))];
  if (names.length === 0) return [];
  const asked = ['list-timers', '--output=json', '--no-pager', '--', ...names];
  const listed = listIn(readUserSystemd(system, asked));
  return listed.flatMap(({ unit, next, last }): UnitTimer[] => {
    if (unit === undefined || !names.includes(unit) || !next) return [];
    return [{ name: unit, next: new Date(next / 1000), everyMs: last ? (next - last) / 1000 : undefined }];
  });
}

/** Of `systemctl list-timers --output=json`; times are microseconds since 1970. */
interface Listed {
  readonly unit?: string;
  readonly next?: number | null;
  readonly last?: number | null;
}

function listIn(text: string | undefined): readonly Listed[] {
  try {
    const listed: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(listed) ? (listed as Listed[]) : [];
  } catch {
    // An older systemd knows no JSON.
    return [];
  }
}

/** The person's systemd timers whose service names the clone. */
export function unitTimerFindings(system: ReadSystem, clone: string): Finding[] {
  return timerFiles(system, clone).map(({ name, file }) => ({
    code: 'unit-timer',
    level: 'warning',
    message: `The systemd timer ${name} starts something in the clone, maybe while the migration is at work.`,
    file,
    fix: `See when with \`systemctl --user list-timers ${name}\`; \`systemctl --user stop ${name}\` holds it until you start it again.`,
  }));
}

/** In the folders of the person's units the first with a name wins over the others (systemd.unit(5)). */
function timerFiles(system: ReadSystem, clone: string): TimerFile[] {
  const names = new CloneNames(system, clone);
  const folders = unitFolders(system);
  const timers = filesByName(system, folders, '.timer');
  return [...timers].flatMap(([name, file]): TimerFile[] => {
    const text = unitText(system, folders, name);
    const given = [...text.matchAll(/^[ \t]*Unit[ \t]*=[ \t]*(\S+)/gm)].at(-1)?.[1];
    const service = unitText(system, folders, basename(given ?? name.replace(/timer$/, 'service')));
    return names.mentions(service, [system.home]).length === 0 ? [] : [{ name, file }];
  });
}

/** The unit and its drop-ins, in the order in which systemd reads them. */
function unitText(system: ReadSystem, folders: readonly string[], name: string): string {
  const unit = folders.map((folder) => join(folder, name)).find((file) => isThere(system, file));
  const dropIns = filesByName(
    system,
    folders.map((folder) => join(folder, `${name}.d`)),
    '.conf',
  );
  const sorted = [...dropIns].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, file]) => file);
  return [...(unit === undefined ? [] : [unit]), ...sorted]
    .map((file) => ifReachable(() => system.realPath(file)))
    .map((real) => (real === undefined ? '' : (readIfReachable(system, real)?.toString('latin1') ?? '')))
    .join('\n');
}

function filesByName(system: ReadSystem, folders: readonly string[], ending: string): Map<string, string> {
  const files = folders.flatMap((folder) =>
    (ifReachable(() => system.readFolder(folder)) ?? [])
      .map(({ name }) => String(name))
      .filter((name) => name.endsWith(ending))
      .map((name) => ({ name, file: join(folder, name) })),
  );
  const first = new Map<string, string>();
  for (const { name, file } of files) if (!first.has(name)) first.set(name, file);
  return first;
}

function isThere(system: ReadSystem, path: string): boolean {
  return ifReachable(() => system.lstat(path)) !== undefined;
}
