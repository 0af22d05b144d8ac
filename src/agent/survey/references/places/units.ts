import { join } from 'node:path';
import type { Look } from '../look.ts';
import type { Place } from '../reference.ts';

const UNIT = /\.(?:service|timer|path|socket|mount)$/;
const SYSTEM_FOLDERS = ['/etc/systemd/system', '/etc/systemd/user'];
const OF_SYSTEM = 'it belongs to the system: edit it with sudo';

/** The folders of the person's own units. */
export function unitFolders({ env, home }: Look['system']): string[] {
  return [
    join(env['XDG_CONFIG_HOME'] || join(home, '.config'), 'systemd/user'),
    join(env['XDG_DATA_HOME'] || join(home, '.local/share'), 'systemd/user'),
  ];
}

/** systemd's user units with their drop-ins, what starts with the desktop, and the system's units where they can be read. */
export function* units(look: Look): Generator<Place> {
  const { home } = look.system;
  for (const folder of unitFolders(look.system)) yield* unitsIn(look, folder);
  for (const folder of SYSTEM_FOLDERS) yield* unitsIn(look, folder, OF_SYSTEM);
  yield* filesIn(look, join(home, '.config/autostart'), /\.desktop$/);
  yield* filesIn(look, join(home, 'Library/LaunchAgents'), /\.plist$/);
}

function* unitsIn(look: Look, folder: string, never?: string): Generator<Place> {
  const options = never === undefined ? {} : { never };
  for (const { name, kind } of look.entries(folder)) {
    const path = join(folder, name);
    if (kind !== 'folder' && UNIT.test(name)) yield* look.file('systemd', path, 'unit', options);
    if (kind !== 'folder' || !name.endsWith('.d')) continue;
    for (const dropIn of look.entries(path).filter((entry) => entry.name.endsWith('.conf')))
      yield* look.file('systemd', join(path, dropIn.name), 'unit', options);
  }
}

function* filesIn(look: Look, folder: string, wanted: RegExp): Generator<Place> {
  for (const { name } of look.entries(folder))
    if (wanted.test(name)) yield* look.file('script', join(folder, name), 'words');
}
