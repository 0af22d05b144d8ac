import { displayPath } from '../paths.ts';
import type { BackupRecord, BackupRoot } from './format.ts';

/**
 * The records that a person may mean by a path: `root/path` as in a tar, a path inside a root, or the absolute path that
 * it was backed up from. Names that are not UTF-8 are given as they are shown.
 */
export function findEntries(
  records: readonly BackupRecord[],
  roots: readonly BackupRoot[],
  given: string,
): BackupRecord[] {
  const path = given.replace(/^\.\//, '').replace(/(?<=.)\/+$/, '');
  const places = new Map(roots.map((root) => [root.id, root.path]));
  const named = (form: (record: BackupRecord, rel: string) => string) =>
    records.filter((record) => form(record, displayPath(record.rel)) === path);
  const exact = named(({ root }, rel) => `${root}/${rel}`);
  if (exact.length > 0) return exact;
  return path.startsWith('/')
    ? named(({ root }, rel) => `${places.get(root) ?? ''}/${rel}`)
    : named((_record, rel) => rel);
}
