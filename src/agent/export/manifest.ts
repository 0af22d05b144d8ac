import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { pathFromJson, pathToJson } from '../paths.ts';
import { readIfReachable } from '../survey/reachable.ts';
import type { PathLike, ReadSystem } from '../system.ts';

export const MANIFEST = 'manifest.json';
export const EXPORT_SCHEMA = 'awm/export/1';

/**
 * What a file of an export is for:
 * - `settings`, `env`: to be edited; what they say is what is imported
 * - `checklist`: to be ticked off; never read again
 * - `names`, `sealed`, `state`: as they were written, or damaged
 */
export type ExportKind = 'settings' | 'env' | 'names' | 'sealed' | 'state' | 'checklist';

export interface ExportedFile {
  /** In the export. */
  readonly path: PathLike;
  readonly kind: ExportKind;
  readonly sha256: string;
  readonly bytes: number;
  /** The path in the clone that it stands for. */
  readonly from?: string;
  readonly note?: string;
}

export interface LeftOut {
  readonly what: string;
  readonly why: string;
}

export interface ExportManifest {
  readonly schema: typeof EXPORT_SCHEMA;
  readonly tool: string;
  readonly created: string;
  /** Absolute path of the installation, on the computer of the export. */
  readonly source: string;
  /** The secrets' values are in `credentials/secrets.age`. */
  readonly sealed: boolean;
  readonly files: readonly ExportedFile[];
  readonly left_out: readonly LeftOut[];
}

/** The manifest's bytes: the content, and a hash of it, so that a damaged list is told from a damaged file. */
export function manifestBytes(manifest: ExportManifest): Buffer {
  const files = manifest.files.map((file) => ({ ...file, path: pathToJson(file.path) }));
  const content = { ...manifest, files };
  return Buffer.from(`${JSON.stringify({ ...content, sha256: digestOf(content) }, null, 2)}\n`);
}

/** @throws EXPORT_NOT_FOUND where the folder holds none, EXPORT_DAMAGED where its list cannot be relied on */
export function readManifest(system: ReadSystem, folder: string): ExportManifest {
  const bytes = readIfReachable(system, join(folder, MANIFEST));
  if (bytes === undefined) throw new AppError('EXPORT_NOT_FOUND', { path: folder });
  const damaged = () =>
    new AppError('EXPORT_DAMAGED', { path: folder, reason: `${MANIFEST} is not as it was written` });
  try {
    const { sha256, ...content } = JSON.parse(bytes.toString('utf8')) as ExportManifest & { sha256: string };
    if (content.schema !== EXPORT_SCHEMA || sha256 !== digestOf(content)) throw damaged();
    return { ...content, files: content.files.map((file) => ({ ...file, path: pathFromJson(file.path) })) };
  } catch {
    throw damaged();
  }
}

function digestOf(content: object): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}
