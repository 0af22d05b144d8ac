import type { ReadSystem } from '../system.ts';
import type { BackupRecord } from './format.ts';
import { RestoreError } from './restore-file.ts';

const CHUNK = 1 << 20;

/** Reads files out of plain parts by the offset in their record, through one reused buffer. */
export class PartReader {
  readonly #system: ReadSystem;
  readonly #folder: string;
  readonly #open = new Map<string, number>();
  readonly #chunk = Buffer.allocUnsafe(CHUNK);

  constructor(system: ReadSystem, folder: string) {
    this.#system = system;
    this.#folder = folder;
  }

  /** The file's bytes; a slice is valid until the next one. Throws RestoreError when the part ends before them. */
  *slices(record: BackupRecord): Generator<Buffer> {
    const { part, offset, size } = record;
    if (part === undefined || offset === undefined || size === undefined)
      throw new RestoreError('its record is not complete');
    const fd = this.#descriptor(part);
    for (let done = 0; done < size; ) {
      const got = this.#system.read(fd, this.#chunk, 0, Math.min(CHUNK, size - done), offset + done);
      if (got === 0) throw new RestoreError(`${part} ends before its bytes`);
      done += got;
      yield this.#chunk.subarray(0, got);
    }
  }

  close(): void {
    for (const fd of this.#open.values()) this.#system.close(fd);
    this.#open.clear();
  }

  #descriptor(part: string): number {
    const open = this.#open.get(part);
    if (open !== undefined) return open;
    const fd = this.#system.openRead(`${this.#folder}/${part}`);
    this.#open.set(part, fd);
    return fd;
  }
}
