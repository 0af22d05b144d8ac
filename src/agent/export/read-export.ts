import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { walk } from '../backup/walk.ts';
import { displayPath } from '../paths.ts';
import { readIfReachable, statIfReachable } from '../survey/reachable.ts';
import type { FileStat, ReadSystem } from '../system.ts';
import { checkEdit } from './check-edit.ts';
import { clonePath } from './exported-place.ts';
import { type ExportedFile, type ExportManifest, readManifest } from './manifest.ts';
import { NAMES_SCHEMA, type NamedSecret } from './names.ts';

/** A settings or env file of an export as it is now. */
export interface ReturnedFile {
  /** In the export. */
  readonly place: string;
  /** In the clone. */
  readonly rel: string;
  readonly kind: 'settings' | 'env';
  readonly bytes: Buffer;
  readonly stat: FileStat;
  readonly state: 'as exported' | 'edited' | 'added';
}

/** An export that was looked through and found whole. */
export interface ReadExport {
  /** Absolute, without links. */
  readonly folder: string;
  readonly manifest: ExportManifest;
  readonly files: readonly ReturnedFile[];
  /** Paths in the clone of the files that the person deleted from the export. */
  readonly removed: readonly string[];
  /** What lies in the export and means nothing to it. */
  readonly ignored: readonly string[];
  /** Folders that a file could be added to, absolute, as they were before they were listed. */
  readonly folders: readonly { readonly path: string; readonly stat: FileStat }[];
  readonly named: readonly NamedSecret[];
}

const EDITED_FOLDERS = ['old-config', 'projects', 'integrations', 'credentials'] as const;

/**
 * Reads an export with the edits that were made to it; writes nothing.
 * @throws EXPORT_NOT_FOUND, EXPORT_DAMAGED for what is not for editing, EXPORT_EDIT_BROKEN, EXPORT_EDIT_EMPTY and
 *   EXPORT_MARK_UNKNOWN with file and line
 */
export function readExport(system: ReadSystem, folder: string): ReadExport {
  if (statIfReachable(system, folder)?.kind !== 'folder')
    throw new AppError('EXPORT_NOT_FOUND', { path: folder });
  const real = system.realPath(folder);
  const manifest = readManifest(system, real);
  for (const file of manifest.files)
    if (file.kind === 'names' || file.kind === 'sealed') checkFixed(system, real, file);
  const named = namesIn(system, real);
  const kept = manifest.files.filter(({ kind }) => kind === 'settings' || kind === 'env');
  const returned = kept.map((file) => returnedFile(system, real, file));
  const files = returned.filter((file) => file !== undefined);
  const folders = foldersOf(system, real);
  const listed = new Set(manifest.files.map(({ path }) => displayPath(path)));
  const others = EDITED_FOLDERS.flatMap((name) => filesBelow(system, real, name)).filter(
    (place) => !listed.has(place),
  );
  const added = others.flatMap((place) => addedFile(system, real, place) ?? []);
  const all = [...files, ...added];
  for (const file of all) if (file.state !== 'as exported') checkEdit(real, file, named);
  const meant = new Set(added.map(({ place }) => place));
  return {
    folder: real,
    manifest,
    files: all,
    removed: kept.flatMap(({ from }, index) =>
      returned[index] === undefined && from !== undefined ? [from] : [],
    ),
    ignored: others.filter((place) => !meant.has(place)),
    folders,
    named,
  };
}

/** Undefined where the person deleted it. */
function returnedFile(system: ReadSystem, folder: string, file: ExportedFile): ReturnedFile | undefined {
  const place = displayPath(file.path);
  const path = join(folder, place);
  const stat = system.lstat(path);
  if (stat === undefined || file.from === undefined) return undefined;
  const bytes = readIfReachable(system, path);
  if (bytes === undefined) throw damaged(folder, `${place} cannot be read`);
  const isEdited = createHash('sha256').update(bytes).digest('hex') !== file.sha256;
  if (isEdited && ((bytes.length === 0 && file.bytes > 0) || bytes.includes(0)))
    throw new AppError(
      'EXPORT_EDIT_EMPTY',
      { reason: bytes.length === 0 ? 'is empty' : 'is no text' },
      { file: path, line: 1 },
    );
  const kind = file.kind as ReturnedFile['kind'];
  return { place, rel: file.from, kind, bytes, stat, state: isEdited ? 'edited' : 'as exported' };
}

function addedFile(system: ReadSystem, folder: string, place: string): ReturnedFile | undefined {
  const rel = clonePath(place);
  const path = join(folder, place);
  const stat = system.lstat(path);
  const bytes = readIfReachable(system, path);
  if (rel === undefined || stat === undefined || bytes === undefined) return undefined;
  const kind = place.startsWith('credentials/') ? 'env' : 'settings';
  return { place, rel, kind, bytes, stat, state: 'added' };
}

function checkFixed(system: ReadSystem, folder: string, { path, sha256 }: ExportedFile): void {
  const place = displayPath(path);
  const bytes = readIfReachable(system, join(folder, place));
  if (bytes === undefined) throw damaged(folder, `${place} is missing`);
  if (createHash('sha256').update(bytes).digest('hex') !== sha256)
    throw damaged(folder, `${place} is not as it was written`);
}

function namesIn(system: ReadSystem, folder: string): readonly NamedSecret[] {
  const bytes = readIfReachable(system, join(folder, 'credentials/names.json'));
  const list = JSON.parse(bytes?.toString('utf8') ?? '{}') as { schema?: string; secrets?: NamedSecret[] };
  if (list.schema !== NAMES_SCHEMA) throw damaged(folder, 'credentials/names.json is not as it was written');
  return list.secrets ?? [];
}

/** Regular files with names that are text. */
function filesBelow(system: ReadSystem, folder: string, name: string): string[] {
  if (statIfReachable(system, join(folder, name))?.kind !== 'folder') return [];
  return walk(system, join(folder, name)).entries.flatMap(({ rel, kind }) =>
    kind === 'file' && typeof rel === 'string' ? [`${name}/${rel}`] : [],
  );
}

/** The folders of an export that are for editing, with what is below them. */
function foldersOf(system: ReadSystem, folder: string): { path: string; stat: FileStat }[] {
  return EDITED_FOLDERS.flatMap((name) => {
    const path = join(folder, name);
    const stat = system.lstat(path);
    if (stat?.kind !== 'folder') return [];
    const below = walk(system, path).entries.flatMap((entry) =>
      entry.kind === 'folder' && typeof entry.rel === 'string'
        ? [{ path: join(path, entry.rel), stat: entry.stat }]
        : [],
    );
    return [{ path, stat }, ...below];
  });
}

function damaged(folder: string, reason: string): AppError {
  return new AppError('EXPORT_DAMAGED', { path: folder, reason });
}
