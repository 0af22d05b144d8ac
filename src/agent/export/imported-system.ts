import { dirname, join } from 'node:path';
import { isInside } from '../paths.ts';
import type { FileStat, FolderEntry, PathLike, ReadSystem } from '../system.ts';

/** A file of an export in the place of one of the installation. */
export interface Overlay {
  /** Absolute, in the installation. */
  readonly path: string;
  /** Absolute, in the export. */
  readonly exported: string;
  /** What it says; undefined: what is in the export. */
  readonly bytes?: Buffer | undefined;
}

export interface ImportedView {
  /** The installation; it need not be there. */
  readonly source: string;
  readonly isThere: boolean;
  readonly overlays: readonly Overlay[];
  /** Absolute paths of files that count as not there. */
  readonly hidden: ReadonlySet<string>;
}

/**
 * The machine as it would be had the edits of an export been made in the installation itself. Only reading differs, and
 * only below `source`:
 * - `readFile` gives what the export says, with the secrets in their places; these bytes are never written anywhere.
 * - `lstat` and `openRead` give the installation's own file where there is one, so that a backup holds it as it is, else
 *   the export's.
 * - Where the installation is gone, nothing is in it but what the export has.
 */
export function importedSystem<Machine extends ReadSystem>(system: Machine, view: ImportedView): Machine {
  const overlays = new Map(view.overlays.map((one) => [one.path, one]));
  const folders = foldersOf(view);
  const isSource = (path: PathLike): path is string =>
    typeof path === 'string' && isInside(path, view.source);
  const isHidden = (path: string) =>
    view.hidden.has(path) || (!view.isThere && !overlays.has(path) && !folders.has(path));
  /** Where the file is that stands for this path. */
  const real = (path: PathLike): PathLike => {
    if (!isSource(path)) return path;
    if (isHidden(path)) throw notThere(path);
    const overlay = overlays.get(path);
    if (overlay !== undefined && (!view.isThere || system.lstat(path) === undefined)) return overlay.exported;
    const folder = folders.get(path);
    return folder !== undefined && (!view.isThere || system.lstat(path) === undefined) ? folder : path;
  };
  const looked = (path: PathLike, look: (path: PathLike) => FileStat | undefined) => {
    if (isSource(path) && isHidden(path)) return undefined;
    const stat = look(real(path));
    // A folder of the export may lie on another file system than the installation, and would count as a mount point.
    return stat?.kind === 'folder' && isSource(path) ? { ...stat, dev: deviceOf() } : stat;
  };
  const deviceOf = () =>
    system.stat(view.isThere ? view.source : dirname(view.overlays[0]?.exported ?? '/'))?.dev ?? 0n;
  const overrides: Partial<ReadSystem> = {
    lstat: (path) => looked(path, (at) => system.lstat(at)),
    stat: (path) => looked(path, (at) => system.stat(at)),
    readLink: (path) => (isSource(path) && isHidden(path) ? undefined : system.readLink(real(path))),
    realPath: (path) => (isSource(path) && real(path) !== path ? path : system.realPath(path)),
    readFolder: (path) =>
      isSource(path) ? listed(system, path, view, folders, real(path)) : system.readFolder(path),
    openRead: (path) => system.openRead(real(path)),
    readFile: (path, maxBytes) => {
      const bytes = isSource(path) && !isHidden(path) ? overlays.get(path)?.bytes : undefined;
      return bytes === undefined ? system.readFile(real(path), maxBytes) : Buffer.from(bytes);
    },
    canRead: (path) => !(isSource(path) && isHidden(path)) && system.canRead(real(path)),
  };
  return new Proxy(system, {
    get(target, key) {
      const own = (overrides as Record<PropertyKey, unknown>)[key];
      if (own !== undefined) return own;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** What is in a folder of the installation, with what the export adds and without what it leaves out. */
function listed(
  system: ReadSystem,
  folder: string,
  view: ImportedView,
  folders: ReadonlyMap<string, string>,
  real: PathLike,
): FolderEntry[] {
  const there = view.isThere && real === folder ? system.readFolder(folder) : [];
  const kept = there.filter(({ name }) => typeof name !== 'string' || !view.hidden.has(join(folder, name)));
  const names = new Set(kept.map(({ name }) => String(name)));
  const below = (paths: Iterable<string>, kind: FolderEntry['kind']): FolderEntry[] =>
    [...paths]
      .filter((path) => path !== folder && dirname(path) === folder)
      .map((path) => ({ name: path.slice(folder.length + 1), kind }))
      .filter(({ name }) => !names.has(name));
  const added = [
    ...below(
      view.overlays.map(({ path }) => path),
      'file',
    ),
    ...below(folders.keys(), 'folder'),
  ];
  return [...kept, ...added].sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
}

/** Folders that lead to the overlays, each with a folder of the export that stands for it. */
function foldersOf({ source, overlays }: ImportedView): ReadonlyMap<string, string> {
  const folders = new Map<string, string>();
  for (const { path, exported } of overlays) {
    for (let folder = dirname(path); isInside(folder, source); folder = dirname(folder))
      if (!folders.has(folder)) folders.set(folder, dirname(exported));
  }
  return folders;
}

function notThere(path: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`ENOENT: no such file, ${path}`), { code: 'ENOENT', path });
}
