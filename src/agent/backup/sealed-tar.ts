import { createHash, hash } from 'node:crypto';
import type { FileStat, PathLike } from '../system.ts';
import {
  type CopyItem,
  type CopyTools,
  entryRecord,
  fileMember,
  fileRecord,
  readSmall,
  SMALL_FILE,
} from './copy.ts';
import { type BackupRecord, SEALED_MANIFEST, SEALED_PART } from './format.ts';
import { memberName } from './names.ts';
import { recordLine } from './record-codec.ts';
import { isSame, SourceError, SourceFile } from './source-file.ts';
import { padding, tarEnd, tarHeader } from './tar-write.ts';

/**
 * The tar inside `credentials.age`, as a stream of bytes: the secret entries, then `manifest-secret.ndjson` with their
 * full records. Nothing can be taken back once it is streamed, so a large file has the size it had when it was opened.
 */
export class SealedTar {
  readonly #tools: CopyTools;
  readonly #onFailure: (item: CopyItem, error: SourceError) => void;
  /** In the order of the tar; filled while the bytes are taken. */
  readonly records = new Map<CopyItem, BackupRecord>();
  readonly #firstNames = new Map<string, PathLike>();
  #position = 0;

  constructor(tools: CopyTools, onFailure: (item: CopyItem, error: SourceError) => void) {
    this.#tools = tools;
    this.#onFailure = onFailure;
  }

  async *bytes(items: readonly CopyItem[]): AsyncGenerator<Uint8Array> {
    for (const item of items) {
      for await (const piece of this.#entry(item)) {
        this.#position += piece.length;
        yield piece;
        if (this.#tools.pause.due) await this.#tools.pause.take();
      }
    }
    const manifest = Buffer.from(
      [...this.records.values()].map((record) => `${recordLine(record)}\n`).join(''),
    );
    const header = tarHeader({
      name: SEALED_MANIFEST,
      type: 'file',
      size: manifest.length,
      mode: 0o600,
      uid: 0,
      gid: 0,
      mtimeNs: 0n,
    });
    const end = Buffer.concat([header, manifest, Buffer.alloc(padding(manifest.length))]);
    yield end;
    yield tarEnd(this.#position + end.length);
  }

  async *#entry(item: CopyItem): AsyncGenerator<Uint8Array> {
    const { stat } = item;
    const name = memberName(item.root.id, item.rel);
    const key = linkKey(stat);
    const first = key && this.#firstNames.get(key);
    const record = { ...entryRecord(item, stat), part: SEALED_PART };
    const { mode, uid, gid, mtimeNs } = stat;
    const member = { name, size: 0, mode, uid, gid, mtimeNs, attributes: item.attributes };
    if (stat.kind === 'folder') {
      this.records.set(item, record);
      yield tarHeader({ ...member, type: 'folder' });
    } else if (stat.kind === 'link') {
      const linkTarget = this.#tools.system.readLink(item.path) ?? Buffer.alloc(0);
      this.records.set(item, { ...record, linkTarget });
      yield tarHeader({ ...member, type: 'link', linkName: linkTarget });
    } else if (first !== undefined) {
      this.records.set(item, { ...record, size: stat.size, hardlink: first });
      yield tarHeader({ ...member, type: 'hardlink', linkName: first, attributes: undefined });
    } else {
      yield* this.#file(item);
      if (key && this.records.has(item)) this.#firstNames.set(key, name);
    }
  }

  async *#file(item: CopyItem): AsyncGenerator<Uint8Array> {
    let source: SourceFile | undefined;
    try {
      source = new SourceFile(this.#tools.system, item.path);
      const reading = readSmall(source, item.category === 'logs', (stat) => Buffer.alloc(stat.size));
      if (!reading) {
        yield* this.#largeFile(item, source);
        return;
      }
      const { data } = reading;
      const header = tarHeader(fileMember(item, reading.stat, data.length));
      const stored = {
        part: SEALED_PART,
        offset: this.#position + header.length,
        size: data.length,
        sha256: hash('sha256', data),
      };
      this.records.set(item, fileRecord(item, reading, stored));
      yield Buffer.concat([header, data, Buffer.alloc(padding(data.length))]);
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      this.#onFailure(item, error);
    } finally {
      source?.close();
    }
  }

  async *#largeFile(item: CopyItem, source: SourceFile): AsyncGenerator<Uint8Array> {
    const stat = source.stat();
    const header = tarHeader(fileMember(item, stat, stat.size));
    const offset = this.#position + header.length;
    yield header;
    const sum = createHash('sha256');
    let short = false;
    for (let position = 0; position < stat.size; ) {
      // A new buffer each time: the stream may still hold the one before.
      const piece = Buffer.alloc(Math.min(SMALL_FILE, stat.size - position));
      short = readPiece(source, piece, position) < piece.length || short;
      sum.update(piece);
      position += piece.length;
      yield piece;
    }
    const after = statAgain(source);
    const cut = !short && item.category === 'logs' && after !== undefined && after.size > stat.size;
    const changed = !cut && (short || !after || !isSame(stat, after));
    const stored = { part: SEALED_PART, offset, size: stat.size, sha256: sum.digest('hex') };
    this.records.set(item, fileRecord(item, { stat, changed, cut }, stored));
    yield Buffer.alloc(padding(stat.size));
  }
}

/** In the middle of a streamed file, what cannot be read any more is zeros, and the file is marked as changed. */
function readPiece(source: SourceFile, piece: Buffer, position: number): number {
  try {
    return source.read(piece, position);
  } catch (error) {
    if (error instanceof SourceError) return 0;
    throw error;
  }
}

function statAgain(source: SourceFile): FileStat | undefined {
  try {
    return source.stat();
  } catch (error) {
    if (error instanceof SourceError) return undefined;
    throw error;
  }
}

/** What the plain manifest tells of a sealed entry. */
export function sealedStub(item: CopyItem, record: BackupRecord, standIn: string | undefined): BackupRecord {
  const sizeClass = record.size === undefined ? undefined : roundUp(record.size);
  return {
    root: item.root.id,
    rel: standIn ?? item.rel,
    type: record.type,
    part: SEALED_PART,
    ...(sizeClass !== undefined && { sizeClass }),
    ...(standIn !== undefined && { withheld: true }),
  };
}

/** Equal for all names of one file; undefined for a file with one name. */
export function linkKey(stat: FileStat): string | undefined {
  return stat.kind === 'file' && stat.nlink > 1 ? `${stat.dev}:${stat.ino}` : undefined;
}

function roundUp(size: number): number {
  return size === 0 ? 0 : 2 ** Math.ceil(Math.log2(size));
}
