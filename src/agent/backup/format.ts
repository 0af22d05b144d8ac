import type { Attributes } from '../attributes.ts';
import type { FileKind, PathLike } from '../system.ts';
import type { Frame } from './zstd-frames.ts';

/**
 * The words of a backup, as docs/backup-format.md describes them. The format on the disk is a promise: what is here may
 * grow optional fields, but nothing that a reader of version 1 relies on changes without a new version. Version 2 is a
 * backup with compressed parts.
 */
export const FORMAT_VERSIONS = [1, 2] as const;
export type FormatVersion = (typeof FORMAT_VERSIONS)[number];

export const MANIFEST_FILE = 'manifest.json';
export const SUMS_FILE = 'SHA256SUMS';
export const SEALED_PART = 'credentials.age';
/** The last member of the tar inside `credentials.age`: the full records of the sealed files. */
export const SEALED_MANIFEST = 'manifest-secret.ndjson';
export const RESTORE_SCRIPT = 'restore.sh';
export const README_FILE = 'README.txt';
export const LOCK_FILE = 'lock.json';
export const PARTIAL_SUFFIX = '.partial';
/** All folder entries lie in a part of their own, so that `tar` can set their modes and times last. */
export function foldersPart(zstd: boolean): string {
  return `folders-1${partEnding(zstd)}`;
}

/** How the name of a plain part ends. */
export function partEnding(zstd: boolean): string {
  return zstd ? '.tar.zst' : '.tar';
}

export const CATEGORIES = ['config', 'projects', 'state', 'logs', 'custom'] as const;
export type Category = (typeof CATEGORIES)[number];

export const KINDS = ['before-migration', 'before-rollback', 'manual'] as const;
export type BackupKind = (typeof KINDS)[number];

/** A folder that was backed up. `present: false`: it did not exist, so restoring means that it must not exist. */
export interface BackupRoot {
  /** `source`, `target`, `project-1` …: letters a-z, digits and hyphens. */
  readonly id: string;
  readonly path: string;
  readonly present: boolean;
}

export const GAP_KINDS = ['unreadable', 'special', 'vanished', 'mount'] as const;

export const ATTRIBUTES = ['kept', 'not-read'] as const;

/** Something below a root that the backup does not hold. A restore leaves it alone. */
export interface Gap {
  readonly kind: (typeof GAP_KINDS)[number];
  readonly root: string;
  readonly rel: PathLike;
  readonly reason: string;
}

export interface RootedPath {
  readonly root: string;
  readonly rel: string;
}

/** One entry of a tree. Of a sealed file the plain manifest knows only root, rel, type, part and size class. */
export interface BackupRecord {
  readonly root: string;
  /** Relative to the root, `/` between names; empty for the root folder itself. */
  readonly rel: PathLike;
  readonly type: FileKind;
  readonly category?: Category | undefined;
  /** Bytes; files only. */
  readonly size?: number | undefined;
  /** The size rounded up to a power of two: all that the plain manifest tells of a sealed file. */
  readonly sizeClass?: number | undefined;
  readonly mode?: number | undefined;
  readonly mtimeNs?: bigint | undefined;
  /** With inode, size and mtime it tells an unchanged file, so that a later backup can reuse this one's bytes. */
  readonly ctimeNs?: bigint | undefined;
  readonly ino?: bigint | undefined;
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
  /** Of the file's bytes, lower-case hex. */
  readonly sha256?: string | undefined;
  /** File name of the part that holds it; undefined for what is recorded but not stored (FIFO, socket, device). */
  readonly part?: string | undefined;
  /** Where the file's bytes start in the tar (for sealed files: in the decrypted tar). */
  readonly offset?: number | undefined;
  readonly linkTarget?: Buffer | undefined;
  /** Member name `root/rel` of the record that holds the bytes of this hard link. */
  readonly hardlink?: PathLike | undefined;
  /** It had holes; a restore makes them again. */
  readonly sparse?: boolean | undefined;
  /** It kept changing while it was read: the bytes may mix old and new. */
  readonly changed?: boolean | undefined;
  /** A log that grew while it was read: it was cut at its first size. */
  readonly cut?: boolean | undefined;
  /** Extended attributes, POSIX ACLs among them; absent without any. */
  readonly attributes?: Attributes | undefined;
  /** The name itself holds a secret: `rel` is a stand-in, the real one is inside `credentials.age`. */
  readonly withheld?: boolean | undefined;
}

export interface FileEntry {
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
}

export interface PartEntry extends FileEntry {
  readonly category: Category | 'folders' | 'secrets';
  /**
   * Whole numbers, as the part was when it was written: while it is so, a later backup may share it without reading it.
   * Text, since the manifest is shown as JSON.
   */
  readonly ino?: string | undefined;
  readonly mtimeNs?: string | undefined;
  /** Of a compressed part; size and hash are those of the bytes as they are stored. */
  readonly zstd?: ZstdTar | undefined;
}

/** The tar in a compressed part. */
export interface ZstdTar {
  readonly tarSize: number;
  /** One after the other they are the part. */
  readonly frames: readonly Frame[];
}

/** True where plain parts are compressed: then all of them are. */
export function isCompressed(parts: readonly PartEntry[]): boolean {
  return parts.some(({ zstd }) => zstd !== undefined);
}

export interface ShardEntry extends FileEntry {
  readonly records: number;
}

export interface Counts {
  readonly files: number;
  readonly folders: number;
  readonly links: number;
  readonly specials: number;
  readonly sealed: number;
}

export interface Manifest {
  readonly formatVersion: FormatVersion;
  readonly id: string;
  readonly kind: BackupKind;
  /** ISO 8601, UTC. */
  readonly created: string;
  readonly tool: { readonly name: string; readonly version: string };
  readonly roots: readonly BackupRoot[];
  readonly counts: Counts;
  /** Of the plain files; sealed sizes are not told. */
  readonly bytes: number;
  readonly categories: Readonly<
    Partial<Record<Category, { readonly files: number; readonly bytes: number }>>
  >;
  readonly parts: readonly PartEntry[];
  readonly shards: readonly ShardEntry[];
  /** `restore.sh` and `README.txt`. */
  readonly files: readonly FileEntry[];
  readonly gaps: readonly Gap[];
  readonly requiredFiles: readonly RootedPath[];
  /** `age1…`: who can open `credentials.age`. Absent when nothing was sealed. */
  readonly recipient?: string | undefined;
  /** Further keys that open it. */
  readonly otherRecipients?: readonly string[] | undefined;
  /** HMAC of the values that were looked for, keyed with the identity: equal only for the same values. */
  readonly searched?: string | undefined;
  /** Whether extended attributes were looked at; absent where nobody asked. */
  readonly attributes?: (typeof ATTRIBUTES)[number] | undefined;
  readonly run?: string | undefined;
  readonly note?: string | undefined;
}
