import { AppError } from '../../shared/errors.ts';
import type { Secret } from '../../shared/secret.ts';
import { attributesKey, readAttributes } from '../attributes.ts';
import { isInside, joinPath } from '../paths.ts';
import type { FileStat, PathLike, ReadSystem } from '../system.ts';
import type { CopyItem } from './copy.ts';
import type { BackupKind, BackupRoot, Category, Gap, Manifest, RootedPath } from './format.ts';
import { isRootId, isSafeRel, pathKey } from './names.ts';
import { readFailure } from './source-file.ts';

/** A file, folder, link or special file that is to be in the backup. */
export interface BackupItem {
  readonly root: string;
  readonly rel: PathLike;
  readonly category: Category;
  /** True: it only ever goes into the encrypted part. */
  readonly secret: boolean;
  /** From the walk; saves a look at the file. */
  readonly stat?: FileStat | undefined;
}

export interface BackupRequest {
  readonly kind: BackupKind;
  readonly roots: readonly BackupRoot[];
  /** Folders are recorded for their mode and time; what they hold are items of their own. */
  readonly items: readonly BackupItem[];
  /** Values to look for in every file. */
  readonly knownSecrets: readonly Secret[];
  /** The folder that backups are kept in; made if it is missing. */
  readonly parent: string;
  /** `age1…`: further keys that open the encrypted part, beside the identity of this machine. */
  readonly recipients?: readonly string[] | undefined;
  readonly run?: string | undefined;
  readonly note?: string | undefined;
  /** True: what cannot be read becomes a gap instead of an error. */
  readonly allowUnreadable: boolean;
  /** Files without which the backup is not worth having; `verifyBackup` looks for them. */
  readonly requiredFiles: readonly RootedPath[];
  /** What the walk found unreadable or did not cross. */
  readonly gaps?: readonly Gap[] | undefined;
  /** True: extended attributes are kept, too. */
  readonly attributes?: boolean | undefined;
  /** True: plain parts are compressed with zstd. */
  readonly zstd?: boolean | undefined;
  /** True for text (as bytes of UTF-8) that looks as if it held a secret of a known kind. */
  readonly patterns?: ((text: Buffer, category: Category | undefined) => boolean) | undefined;
}

export interface BackupProgress {
  readonly files: number;
  readonly ofFiles: number;
  readonly bytes: number;
  readonly ofBytes: number;
}

export interface Prepared {
  readonly items: readonly CopyItem[];
  readonly gaps: Gap[];
  readonly attributes: Manifest['attributes'];
}

/**
 * The request's items with their stats, the root folders first. Throws BACKUP_PLACE when the backup would lie inside
 * what it backs up, and TypeError for a request that no caller should make (unknown roots, paths that leave them).
 */
export function prepare(system: ReadSystem, request: BackupRequest): Prepared {
  const roots = new Map(request.roots.map((root) => [root.id, root]));
  if (roots.size !== request.roots.length) throw new TypeError('two roots of a backup have one id');
  for (const root of roots.values()) {
    if (!isRootId(root.id)) throw new TypeError(`"${root.id}" is not a root id`);
    checkPlace(request.parent, root);
  }
  const items: CopyItem[] = [];
  const gaps = [...(request.gaps ?? [])];
  const seen = new Set<string>();
  const add = (
    root: BackupRoot,
    rel: PathLike,
    item: Omit<BackupItem, 'category'> & { category?: Category },
  ) => {
    const key = `${root.id}/${pathKey(rel)}`;
    if (seen.has(key)) return;
    seen.add(key);
    const path = rel.length === 0 ? root.path : joinPath(root.path, rel);
    const stat = look(system, path, root, rel, item.stat, gaps);
    if (stat) items.push({ root, rel, path, category: item.category, secret: item.secret, stat });
  };
  for (const root of request.roots)
    if (root.present) add(root, '', { root: root.id, rel: '', secret: false });
  for (const item of request.items) {
    const root = roots.get(item.root);
    if (!root?.present) throw new TypeError(`an item belongs to "${item.root}", which is not a present root`);
    if (!isSafeRel(item.rel)) throw new TypeError('an item of a backup leaves its root');
    add(root, item.rel, item);
  }
  return { gaps, ...(request.attributes ? withAttributes(system, items) : { items, attributes: undefined }) };
}

function withAttributes(system: ReadSystem, items: readonly CopyItem[]): Omit<Prepared, 'gaps'> {
  const found = readAttributes(
    system,
    items.map(({ path }) => path),
  );
  if (found === undefined) return { items, attributes: 'not-read' };
  if (found.size === 0) return { items, attributes: 'kept' };
  const given = items.map((item) => {
    const attributes = found.get(attributesKey(item.path));
    return attributes ? { ...item, attributes } : item;
  });
  return { items: given, attributes: 'kept' };
}

function checkPlace(parent: string, root: BackupRoot): void {
  const owned = root.id === 'source' || root.id === 'target';
  if (!owned || !isInside(parent, root.path)) return;
  const what = root.id === 'source' ? 'the installation' : 'the configuration home';
  throw new AppError('BACKUP_PLACE', { path: parent, reason: `it lies inside ${what} that is backed up` });
}

/** A root may be reached through a link; nothing below it is followed. */
function look(
  system: ReadSystem,
  path: PathLike,
  root: BackupRoot,
  rel: PathLike,
  known: FileStat | undefined,
  gaps: Gap[],
): FileStat | undefined {
  if (known) return known;
  try {
    const stat = rel.length === 0 ? system.stat(path) : system.lstat(path);
    if (!stat) gaps.push({ kind: 'vanished', root: root.id, rel, reason: 'it is gone' });
    return stat;
  } catch (error) {
    gaps.push({ kind: 'unreadable', root: root.id, rel, reason: readFailure(error) });
    return undefined;
  }
}
