import { createHash, randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { Secret } from '../../shared/secret.ts';
import { TOOL } from '../../shared/tool.ts';
import { LOCK_FILE, PARTIAL_SUFFIX } from '../backup/format.ts';
import { removeAbandoned, writeOwner } from '../backup/partial-owner.ts';
import { makeFolders, removeIfThere, removeTree, writeNewFile } from '../files.ts';
import { displayPath, isInside, joinPath, parentOf } from '../paths.ts';
import { inWords } from '../run/in-words.ts';
import { copyFile, hashFile, syncFolders } from '../run/staging.ts';
import { ifReachable, realPathSoFar } from '../survey/reachable.ts';
import { FileSearch } from '../survey/secret-search.ts';
import type { Survey } from '../survey/survey.ts';
import type { System } from '../system.ts';
import { checklist } from './checklist.ts';
import { collect, type ExportEntry } from './collect.ts';
import { EXPORT_FOLDERS } from './exported-place.ts';
import {
  EXPORT_SCHEMA,
  type ExportedFile,
  type ExportManifest,
  type LeftOut,
  MANIFEST,
  manifestBytes,
} from './manifest.ts';

export interface ExportRequest {
  /** Absolute; not there yet, or empty. */
  readonly folder: string;
  /** Seals the values of the secrets into the export; without it there are names only. */
  readonly passphrase?: Secret | undefined;
}

/** An export as it was written. */
export interface WrittenExport {
  readonly folder: string;
  readonly manifest: ExportManifest;
  /** How many secrets it names. */
  readonly secrets: number;
}

/**
 * Writes what an installation says into a folder to be looked at and edited; the installation is only read. Complete or
 * absent: it is built beside its place, searched for secrets, synced, and put there by one rename.
 * @throws EXPORT_PLACE before anything is written, EXPORT_EXPOSED, DISK_FULL and others of writing: then nothing is left
 */
export async function writeExport(
  system: System,
  survey: Survey,
  { folder, passphrase }: ExportRequest,
): Promise<WrittenExport> {
  refusePlace(system, survey, folder);
  const { entries, leftOut, names } = await collect(system, survey, passphrase);
  const partial = `${folder}.${randomBytes(4).toString('hex')}${PARTIAL_SUFFIX}`;
  try {
    makeFolders(system, dirname(folder));
    removeAbandoned(system, dirname(folder), (name) => isPartialOf(name, basename(folder)));
    makeFolders(system, partial);
    writeOwner(system, partial);
    refuseFull(system, dirname(folder), entries);
    for (const name of EXPORT_FOLDERS) makeFolders(system, join(partial, name));
    const search = new FileSearch(survey.neverShown);
    const written = entries.map((entry) => write(system, partial, entry, search));
    const files = written.filter((one): one is ExportedFile => 'path' in one);
    const left = [...leftOut, ...written.filter((one): one is LeftOut => 'why' in one)];
    const facts = {
      schema: EXPORT_SCHEMA,
      tool: TOOL,
      created: system.now().toISOString(),
      source: survey.source,
      sealed: passphrase !== undefined,
      left_out: left,
    } as const;
    const text = checklist({ ...facts, files }, names.named, survey, folder, system.home);
    const list = write(system, partial, {
      path: 'CHECKLIST.md',
      kind: 'checklist',
      content: { data: Buffer.from(text) },
    });
    const manifest: ExportManifest = { ...facts, files: [...files, list as ExportedFile] };
    writeNewFile(system, join(partial, MANIFEST), manifestBytes(manifest));
    refuseExposed(system, partial, manifest, search);
    syncFolders(system, partial);
    system.rename(partial, folder);
    // The lock goes along with the rename, so that nobody ever sees the folder unlocked and unfinished.
    removeIfThere(system, join(folder, LOCK_FILE));
    system.syncFolder(folder);
    system.syncFolder(dirname(folder));
    return { folder, manifest, secrets: names.named.length };
  } catch (error) {
    removeTree(system, partial);
    throw inWords(error, folder);
  }
}

/** What an export to the same place leaves beside it when its process dies; the next one removes it. */
function isPartialOf(name: string, folder: string): boolean {
  return name.startsWith(`${folder}.`) && /^[0-9a-f]{8}\.partial$/.test(name.slice(folder.length + 1));
}

/** A file of state in which a secret is found does not stay. */
function write(
  system: System,
  partial: string,
  entry: ExportEntry,
  search?: FileSearch,
): ExportedFile | LeftOut {
  const { path, kind, from, note, content } = entry;
  const to = joinPath(partial, path);
  const facts = { path, kind, ...(from && { from }), ...(note && { note }) };
  makeFolders(system, parentOf(to));
  if ('data' in content) {
    writeNewFile(system, to, content.data);
    const sha256 = createHash('sha256').update(content.data).digest('hex');
    return { ...facts, sha256, bytes: content.data.length };
  }
  const what = displayPath(content.copyOf);
  if (search?.bytes(Buffer.from(what)) === true) return { what: 'a file', why: 'its name holds a secret' };
  const copied = ifReachable(() => {
    copyFile(system, content.copyOf, to, 0o600);
    return true;
  });
  const isClean = copied === true && search?.file(system, partial, path, false) === false;
  if (!isClean) {
    removeTree(system, to);
    return { what, why: copied === true ? 'a secret was found in it' : 'it cannot be read' };
  }
  return { ...facts, sha256: hashFile(system, to), bytes: system.lstat(to)?.size ?? 0 };
}

function refusePlace(system: System, { source, target }: Survey, folder: string): void {
  const refuse = (reason: string): never => {
    throw new AppError('EXPORT_PLACE', { path: folder, reason });
  };
  const real = realPathSoFar(system, folder);
  if (isInside(real, source)) refuse('it lies in the clone, which is never changed');
  if (isInside(real, target.path)) refuse('it lies in the new home');
  const stat = system.lstat(folder);
  if (stat === undefined) return;
  if (stat.kind !== 'folder') refuse('it is not a folder');
  if (system.readFolder(folder).length > 0) refuse('it is not empty');
}

function refuseFull(system: System, parent: string, entries: readonly ExportEntry[]): void {
  const sizes = entries.map(({ content }) => ('data' in content ? content.data.length : content.size));
  const needed = sizes.reduce((sum, size) => sum + size, 0);
  const available = system.freeBytes(parent);
  if (needed > available)
    throw new AppError('DISK_FULL', {
      path: parent,
      needed: `${needed} bytes`,
      available: `${available} bytes`,
    });
}

/** The last look before an export is put into its place. */
function refuseExposed(system: System, partial: string, { files }: ExportManifest, search: FileSearch): void {
  const paths = [...files.filter(({ kind }) => kind !== 'sealed').map(({ path }) => path), MANIFEST];
  const exposed = paths.find((path) => search.file(system, partial, path, false));
  if (exposed !== undefined) throw new AppError('EXPORT_EXPOSED', { file: displayPath(exposed) });
}
