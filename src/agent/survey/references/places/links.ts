import { join } from 'node:path';
import { isMovedAside } from '../../moved-aside.ts';
import { ifReachable } from '../../reachable.ts';
import type { CloneNames } from '../clone-names.ts';
import type { Look } from '../look.ts';
import { unitFolders } from './units.ts';

/** A link that leads into the clone. */
export interface CloneLink {
  readonly file: string;
  /** Absolute, in the clone. */
  readonly target: string;
}

/** Commands and units that are links into the clone. Other links are found as what they hold. */
export function linksIntoClone(look: Look, names: CloneNames): CloneLink[] {
  const { system } = look;
  const folders = [join(system.home, 'bin'), join(system.home, '.local/bin'), ...unitFolders(system)];
  return folders.flatMap((folder) =>
    look.entries(folder).flatMap(({ name, kind }) => {
      if (kind !== 'link' || isMovedAside(name)) return [];
      const file = join(folder, name);
      const link = ifReachable(() => system.readLink(file))?.toString('latin1');
      const target = link === undefined ? undefined : names.pathOf(link, folder);
      return target !== undefined && names.isInClone(target) ? [{ file, target }] : [];
    }),
  );
}
