import type { BackupRecord } from '../backup/format.ts';
import type { Backup } from '../backup/restore.ts';
import { walk } from '../backup/walk.ts';
import type { System } from '../system.ts';
import { keyOf } from './compare.ts';

/** How the state of the projects compares with a backup. Nothing of it is written by a rollback that did not name it. */
export interface ProjectsState {
  /** Files in the backup. */
  readonly files: number;
  /** Of these, other now or gone. */
  readonly changed: number;
  /** Made since. */
  readonly added: number;
  /** The folders with newer state. */
  readonly newer: readonly { readonly path: string; readonly changed: number; readonly added: number }[];
}

/** Compares sizes and times, for every project of the backup but those that were `chosen` to be restored. */
export function compareState(
  system: System,
  { manifest, records }: Backup,
  chosen: ReadonlySet<string>,
): ProjectsState {
  const byRoot = Map.groupBy(
    records.filter(({ type, mtimeNs }) => type === 'file' && mtimeNs !== undefined),
    ({ root }) => root,
  );
  const roots = manifest.roots.filter(({ id }) => id.startsWith('project-') && !chosen.has(id));
  const compared = roots.map(({ id, path }) => compareOne(system, path, byRoot.get(id) ?? [], records, id));
  const sum = (of: (one: (typeof compared)[number]) => number) =>
    compared.reduce((all, one) => all + of(one), 0);
  return {
    files: sum(({ files }) => files),
    changed: sum(({ changed }) => changed),
    added: sum(({ added }) => added),
    newer: compared
      .filter(({ changed, added }) => changed + added > 0)
      .map(({ path, changed, added }) => ({ path, changed, added })),
  };
}

function compareOne(
  system: System,
  path: string,
  files: readonly BackupRecord[],
  all: readonly BackupRecord[],
  root: string,
) {
  const present = system.lstat(path)?.kind === 'folder' ? walk(system, path).entries : [];
  const now = new Map(present.map((entry) => [keyOf(entry.rel), entry.stat]));
  const known = new Set(all.filter((one) => one.root === root).map(({ rel }) => keyOf(rel)));
  const changed = files.filter((record) => {
    const stat = now.get(keyOf(record.rel));
    return stat?.size !== record.size || stat?.mtimeNs !== record.mtimeNs;
  }).length;
  const added = present.filter(({ kind, rel }) => kind !== 'folder' && !known.has(keyOf(rel))).length;
  return { path, files: files.length, changed, added };
}
