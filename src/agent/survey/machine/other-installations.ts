import { join } from 'node:path';
import { displayPath } from '../../paths.ts';
import type { ReadSystem } from '../../system.ts';
import { looksLikeClone, USUAL_PARENTS, usualInstallations } from '../locate.ts';
import { ifReachable, statIfReachable } from '../reachable.ts';
import { quote } from '../references/look.ts';
import type { BlindSpot } from '../references/reference.ts';

export interface OtherInstallation {
  readonly path: string;
  /** Owned by this user. */
  readonly isOwn: boolean;
}

/** Where installations for everybody are put, and where the homes of people are. */
const PLACES = {
  shared: ['/opt', '/srv', '/usr/local', '/usr/local/src'],
  homes: ['/home', '/Users'],
} as const;

/** Installations on this computer besides `clone`, and the places that this user may not look into. */
export function otherInstallations(
  system: ReadSystem,
  clone: string,
  { shared, homes }: { readonly shared: readonly string[]; readonly homes: readonly string[] } = PLACES,
): { readonly found: readonly OtherInstallation[]; readonly blindSpots: readonly BlindSpot[] } {
  const found = new Set(usualInstallations(system));
  const closed: string[] = [];
  const lookIn = (folder: string) => {
    if (statIfReachable(system, folder)?.kind !== 'folder') return;
    const entries = ifReachable(() => system.readFolder(folder));
    if (entries === undefined) {
      closed.push(folder);
      return;
    }
    for (const { name, kind } of entries) {
      const path = join(folder, displayPath(name));
      if (
        kind === 'folder' &&
        !displayPath(name).startsWith('.agent-workflow') &&
        looksLikeClone(system, path)
      )
        found.add(system.realPath(path));
    }
  };
  for (const folder of shared) lookIn(folder);
  const others = homes.flatMap((folder) =>
    (
      ifReachable(() => (statIfReachable(system, folder) === undefined ? [] : system.readFolder(folder))) ??
      []
    )
      .map(({ name }) => join(folder, displayPath(name)))
      .filter((home) => home !== system.home && statIfReachable(system, home)?.kind === 'folder'),
  );
  for (const home of others) {
    if (system.canRead(home)) for (const parent of USUAL_PARENTS) lookIn(join(home, parent));
    else closed.push(home);
  }
  found.delete(clone);
  return {
    found: [...found].sort().map((path) => ({ path, isOwn: system.stat(path)?.uid === system.uid })),
    blindSpots: closed.length === 0 ? [] : [blindSpot(closed)],
  };
}

function blindSpot(closed: readonly string[]): BlindSpot {
  const [first = ''] = closed;
  return {
    what: closed.length === 1 ? first : `${first} and ${closed.length - 1} more folders of other users`,
    why: 'permission denied; an installation may be in there',
    run: `sudo find ${closed.slice(0, 5).map(quote).join(' ')} -maxdepth 4 -name orchestrator.yaml -o -maxdepth 4 -name orch-config.yaml`,
  };
}
