import { basename } from 'node:path';
import { shortPath } from '../paths.ts';
import { freePath } from '../run/placement.ts';
import { MOVED, MOVED_NOTE } from '../survey/moved-aside.ts';
import { doActions, type SetupPlaces } from './do-actions.ts';
import { findLeftovers, type Leftover } from './leftovers.ts';
import type { MoveAction } from './setup-run.ts';
import { canAsk, type Talk } from './talk.ts';

export interface OfferedLeftovers {
  /** Paths that were there, each with why. */
  readonly found: readonly Leftover[];
  /** Those that were moved aside. */
  readonly moved: readonly string[];
}

/**
 * Shows the commands that still start the clone and, where a person at the terminal says so, renames them, with a note
 * beside each that says where the tool went: all of them, or those of these names. One journaled run, which a rollback takes back.
 * @throws as `doActions`
 */
export async function offerLeftovers(
  talk: Talk,
  places: SetupPlaces,
  names?: readonly string[],
): Promise<OfferedLeftovers> {
  const { system, settings } = talk;
  const found = findLeftovers(system, places.source).filter(
    ({ path }) => names?.includes(basename(path)) !== false,
  );
  if (found.length === 0) return { found, moved: [] };
  talk.say('These commands still start the old clone:');
  for (const { path, why } of found) talk.say(`  - ${shortPath(path, system.home)} (${why})`);
  const question = `Rename ${found.length === 1 ? 'it' : 'them'} to "….old-clone", with a note beside that says where the tool went?`;
  if (!canAsk(talk) || !(await talk.confirm(question))) return { found, moved: [] };
  const actions = found.map(({ path }): MoveAction => {
    const to = String(freePath(system, `${path}${MOVED}`));
    return {
      kind: 'move',
      what: 'leftover',
      from: path,
      to,
      note: String(freePath(system, `${path}${MOVED_NOTE}`)),
    };
  });
  doActions(system, settings.home, places, actions);
  for (const { from, to } of actions)
    talk.say(`  ${shortPath(from, system.home)} is now ${shortPath(to, system.home)}`);
  return { found, moved: actions.map(({ from }) => from) };
}
