import { basename, dirname } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { makeFolders, removeTree } from '../files.ts';
import { displayPath, joinPath } from '../paths.ts';
import type { PathLike, System } from '../system.ts';
import { type BackupRecord, LOCK_FILE, SEALED_PART } from './format.ts';
import type { BackupIdentity } from './identity.ts';
import { memberName } from './names.ts';
import { removeAbandoned, writeOwner } from './partial-owner.ts';
import { type Backup, restoreRecords } from './restore.ts';
import { probeNames, TargetNames } from './target-names.ts';

export interface Mirror {
  readonly path: string;
  readonly written: number;
  /** Encrypted entries that are not in it. */
  readonly leftOut: number;
  /** Paths that the file system could not hold as they are. */
  readonly renamed: readonly { readonly from: string; readonly to: string }[];
  /** Of an entry of the encrypted part without its name: that may itself hold a secret. */
  readonly failed: readonly { readonly path: string; readonly reason: string }[];
}

/**
 * Writes a backup as a tree, one folder for each root; complete or absent. `identity`: what is encrypted is in it too,
 * each file 0600.
 * @throws MIRROR_PLACE where something is in its place, and what reading the backup throws
 */
export async function writeMirror(
  system: System,
  backup: Backup,
  path: string,
  identity: BackupIdentity | undefined,
): Promise<Mirror> {
  if (system.lstat(path) !== undefined) throw new AppError('MIRROR_PLACE', { path });
  const parent = dirname(path);
  makeFolders(system, parent);
  const prefix = `${basename(path)}.exporting-`;
  // The folder is the person's, and so may be what only has such a name.
  const isOurs = (name: string) =>
    name.startsWith(prefix) &&
    /^\d+$/.test(name.slice(prefix.length)) &&
    system.lstat(`${parent}/${name}/${LOCK_FILE}`)?.kind === 'file';
  removeAbandoned(system, parent, isOurs);
  const staging = `${path}.exporting-${system.pid}`;
  system.makeFolder(staging, 0o700);
  try {
    writeOwner(system, staging);
    const tree = `${staging}/tree`;
    system.makeFolder(tree, 0o700);
    const names = new TargetNames(probeNames(system, tree));
    const wanted = ({ root, rel, part }: BackupRecord): PathLike | undefined => {
      if (part === undefined || (part === SEALED_PART && identity === undefined)) return undefined;
      return joinPath(tree, names.nameFor(memberName(root, rel)));
    };
    const { restored, failed } = await restoreRecords(system, backup, identity, wanted, {
      sealedMode: 0o600,
    });
    system.syncFolder(tree);
    system.rename(tree, path);
    system.syncFolder(parent);
    return {
      path,
      written: restored,
      leftOut: identity === undefined ? backup.manifest.counts.sealed : 0,
      renamed: names.renamed.map(({ from, to }) => ({ from: displayPath(from), to: displayPath(to) })),
      failed: failed.map(({ record: { root, rel, part }, reason }) => ({
        path: part === SEALED_PART ? `an encrypted entry of ${root}` : displayPath(memberName(root, rel)),
        reason,
      })),
    };
  } finally {
    removeTree(system, staging);
  }
}
