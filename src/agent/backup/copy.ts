import { isUtf8 } from 'node:buffer';
import { createHash, hash } from 'node:crypto';
import type { Attributes } from '../attributes.ts';
import type { FileStat, PathLike, ReadSystem } from '../system.ts';
import type { BackupRecord, BackupRoot, Category } from './format.ts';
import { memberName } from './names.ts';
import type { PartWriter } from './part-writer.ts';
import type { Pause } from './pause.ts';
import type { BackupRequest } from './request.ts';
import type { SecretSearch } from './secret-search.ts';
import { isSame, SourceError, SourceFile } from './source-file.ts';
import { BLOCK, padding, type TarMember, tarHeader } from './tar-write.ts';

/** Files up to here are read whole into the write buffer and hashed in one call. */
export const SMALL_FILE = 1 << 20;
const REREADS = 3;

/** One entry that is to be backed up, with what the walk knows of it. */
export interface CopyItem {
  readonly root: BackupRoot;
  readonly rel: PathLike;
  /** Absolute. */
  readonly path: PathLike;
  readonly category: Category | undefined;
  readonly secret: boolean;
  readonly stat: FileStat;
  readonly attributes?: Attributes | undefined;
}

/** As much of it as a thread needs to copy a file. */
export type FileItem = Pick<CopyItem, 'rel' | 'path' | 'category' | 'attributes'> & {
  readonly root: Pick<BackupRoot, 'id' | 'path'>;
};

/** A file's bytes as they were read, and what the reading found. */
export interface Reading {
  readonly stat: FileStat;
  readonly data: Buffer;
  readonly changed: boolean;
  readonly cut: boolean;
}

export interface CopyTools {
  readonly system: ReadSystem;
  readonly search: SecretSearch;
  readonly patterns: BackupRequest['patterns'];
  readonly pause: Pause;
}

/**
 * Copies one regular file to the end of a tar part. Returns its record, or `secret` when a secret was found in it: then
 * the part is as it was before. Throws SourceError (the part is as before, too) when it cannot be read.
 */
export async function copyFile(
  tools: CopyTools,
  item: FileItem,
  part: PartWriter,
): Promise<BackupRecord | 'secret'> {
  const source = new SourceFile(tools.system, item.path);
  try {
    return copySmall(tools, item, source, part) ?? (await copyLarge(tools, item, source, part));
  } finally {
    source.close();
  }
}

function copySmall(
  tools: CopyTools,
  item: FileItem,
  source: SourceFile,
  part: PartWriter,
): BackupRecord | 'secret' | undefined {
  let header: Buffer = Buffer.alloc(0);
  let room: Buffer = header;
  const reading = readSmall(source, item.category === 'logs', (stat) => {
    header = tarHeader(fileMember(item, stat, stat.size));
    room = part.reserve(header.length + stat.size + BLOCK);
    return room.subarray(header.length, header.length + stat.size);
  });
  if (!reading) return undefined;
  const { data } = reading;
  if (tools.search.isIn(data) || looksSecret(tools, item, data)) return 'secret';
  // A file that shrank each time it was read has fewer bytes than the header was made for.
  if (data.length !== reading.stat.size) header = tarHeader(fileMember(item, reading.stat, data.length));
  header.copy(room);
  const end = header.length + data.length;
  room.fill(0, end, end + padding(data.length));
  const offset = part.position + header.length;
  part.commit(end + padding(data.length));
  return fileRecord(item, reading, {
    part: part.name,
    offset,
    size: data.length,
    sha256: hash('sha256', data),
  });
}

/**
 * Reads a file of up to 1 MiB whole, into the room that is given for it, until two looks at it agree; undefined if it is
 * larger. After three more readings the last one is taken and marked. A log that only grew is cut at its first size.
 */
export function readSmall(
  source: SourceFile,
  isLog: boolean,
  roomFor: (stat: FileStat) => Buffer,
): Reading | undefined {
  let before = source.opened;
  for (let attempt = 0; ; attempt++) {
    if (before.size > SMALL_FILE) return undefined;
    const room = roomFor(before);
    const got = source.read(room, 0);
    const after = source.stat();
    const settled = got === room.length && isSame(before, after);
    const cut = !settled && isLog && got === room.length && after.size > before.size;
    if (settled || cut || attempt === REREADS)
      return { stat: before, data: room.subarray(0, got), changed: !settled && !cut, cut };
    before = after;
  }
}

async function copyLarge(
  tools: CopyTools,
  item: FileItem,
  source: SourceFile,
  part: PartWriter,
): Promise<BackupRecord | 'secret'> {
  const mark = part.mark();
  try {
    for (let attempt = 0; ; attempt++) {
      const stat = source.stat();
      part.append(tarHeader(fileMember(item, stat, stat.size)));
      const offset = part.position;
      const sum = createHash('sha256');
      tools.search.start();
      let short = false;
      for (let position = 0; position < stat.size; ) {
        const piece = part.reserve(Math.min(SMALL_FILE, stat.size - position));
        const got = source.read(piece, position);
        // The header has promised this many bytes: what the file lost meanwhile is filled with zeros, and marked.
        short ||= got < piece.length;
        piece.fill(0, got);
        if (tools.search.next(piece)) {
          part.rewind(mark);
          return 'secret';
        }
        sum.update(piece);
        part.commit(piece.length);
        position += piece.length;
        if (tools.pause.due) await tools.pause.take();
      }
      const after = source.stat();
      const settled = !short && isSame(stat, after);
      const cut = !settled && !short && item.category === 'logs' && after.size > stat.size;
      if (!settled && !cut && attempt < REREADS) {
        part.rewind(mark);
        continue;
      }
      part.append(Buffer.alloc(padding(stat.size)));
      const reading = { stat, changed: !settled && !cut, cut };
      return fileRecord(item, reading, {
        part: part.name,
        offset,
        size: stat.size,
        sha256: sum.digest('hex'),
      });
    }
  } catch (error) {
    if (error instanceof SourceError) part.rewind(mark);
    throw error;
  }
}

/** What a tar header says of a file. */
export function fileMember(item: FileItem, stat: FileStat, size: number): TarMember {
  const { mode, uid, gid, mtimeNs } = stat;
  const { attributes } = item;
  return {
    name: memberName(item.root.id, item.rel),
    type: 'file',
    size,
    mode,
    uid,
    gid,
    mtimeNs,
    attributes,
  };
}

type Stored = Required<Pick<BackupRecord, 'part' | 'offset' | 'size' | 'sha256'>>;

/** The record of a file whose bytes were stored. */
export function fileRecord(item: FileItem, reading: Omit<Reading, 'data'>, stored: Stored): BackupRecord {
  const { stat } = reading;
  return {
    ...entryRecord(item, stat),
    ...stored,
    ...(stat.blocks * 512 < stat.size && { sparse: true }),
    ...(reading.changed && { changed: true }),
    ...(reading.cut && { cut: true }),
  };
}

/** What the record of any entry has. */
export function entryRecord(item: FileItem, stat: FileStat): BackupRecord {
  const { mode, mtimeNs, ctimeNs, ino, uid, gid } = stat;
  return {
    root: item.root.id,
    rel: item.rel,
    type: stat.kind,
    ...(item.category && { category: item.category }),
    mode,
    mtimeNs,
    ctimeNs,
    ino,
    uid,
    gid,
    ...(item.attributes && { attributes: item.attributes }),
  };
}

/** True where text looks as if it held a secret of a known kind. */
export function looksSecret(
  tools: Pick<CopyTools, 'patterns'>,
  item: Pick<CopyItem, 'category'>,
  data: Buffer,
): boolean {
  if (!tools.patterns || data.length === 0 || data.includes(0) || !isUtf8(data)) return false;
  return tools.patterns(data, item.category);
}
