import { dirname } from 'node:path';
import { displayPath } from './paths.ts';
import type { FileStat, ReadSystem } from './system.ts';

/**
 * Why somebody else than this user (or root) could change what lies at `path`, in words; undefined if nobody can. Looks at
 * the path, or the closest folder above it that is there, and at every folder above that (channel.md §6):
 * - each belongs to this user or to root, and others may not write to it
 * - the user's private group may (its number is the user's own), and so may everybody in a parent with the sticky bit,
 *   since they cannot rename or remove what is not theirs
 * - where the platform has no modes, nobody can tell, so the answer is no
 */
export function whyNotOurs(system: ReadSystem, path: string): string | undefined {
  if (system.uid === undefined) return 'this platform does not tell who may write to it';
  let place = path;
  while (system.lstat(place) === undefined && dirname(place) !== place) place = dirname(place);
  for (let folder = place; ; folder = dirname(folder)) {
    const stat = system.lstat(folder);
    const reason = stat && refuse(stat, system.uid, folder !== path);
    if (reason !== undefined) return `${displayPath(folder)} ${reason}`;
    if (dirname(folder) === folder) return undefined;
  }
}

function refuse(stat: FileStat, uid: number, isParent: boolean): string | undefined {
  if (stat.kind === 'link') return 'is a link';
  if (stat.uid !== uid && stat.uid !== 0) return 'belongs to another user';
  const isSticky = (stat.mode & 0o1000) !== 0 && isParent;
  if ((stat.mode & 0o002) !== 0 && !isSticky) return 'can be written by everybody';
  const isPrivateGroup = stat.gid === stat.uid;
  if ((stat.mode & 0o020) !== 0 && !isSticky && !isPrivateGroup) return 'can be written by a group';
  return undefined;
}
