import { createHash } from 'node:crypto';
import type { ReadSystem } from '../system.ts';
import type { FileEntry, PartEntry } from './format.ts';
import type { Pause } from './pause.ts';
import { presenceProblem } from './read.ts';
import { TarError, TarReader } from './tar-read.ts';
import type { EntryCheck } from './verify-entries.ts';
import { FrameError, FrameReader } from './zstd-frames.ts';

const CHUNK = 1 << 20;

/** What is wrong with a file of the backup (missing, cut short, altered, unreadable), or undefined. */
export async function checkFile(
  system: ReadSystem,
  folder: string,
  entry: FileEntry,
  pause: Pause,
): Promise<string | undefined> {
  return new PartCheck(system, folder, pause).file(entry);
}

/** Reads files of a backup through one reused buffer, and says what is wrong with each. */
export class PartCheck {
  readonly #system: ReadSystem;
  readonly #folder: string;
  readonly #pause: Pause;
  readonly #chunk = Buffer.allocUnsafeSlow(CHUNK);

  constructor(system: ReadSystem, folder: string, pause: Pause) {
    this.#system = system;
    this.#folder = folder;
    this.#pause = pause;
  }

  file(entry: FileEntry): Promise<string | undefined> {
    return this.#hash(entry, () => undefined);
  }

  /**
   * The same for a tar; each of its members is given to `check` on the way. One hash over all of it says that every byte is
   * as it was written, so that its members are hashed by themselves only if `isEachHashed`, or to name what is damaged.
   */
  async tar(entry: PartEntry, check: EntryCheck, isEachHashed: boolean): Promise<string | undefined> {
    const problem = await this.#tar(entry, check, isEachHashed);
    if (problem === undefined || isEachHashed) return problem;
    // Nothing is known of what a second reading does not come to.
    check.forget(entry.name);
    await this.#tar(entry, check, true);
    return problem;
  }

  async #tar(entry: PartEntry, check: EntryCheck, isEachHashed: boolean): Promise<string | undefined> {
    const reader = new TarReader(check.events(entry.name, isEachHashed));
    let damage: string | undefined;
    const guarded = (work: () => void) => {
      if (damage !== undefined) return;
      try {
        work();
      } catch (error) {
        if (!(error instanceof TarError || error instanceof FrameError)) throw error;
        damage = `${entry.name} is not a whole tar: ${error.message}`;
      }
    };
    const frames = entry.zstd && new FrameReader(entry.zstd.frames, (bytes) => reader.write(bytes));
    const problem = await this.#hash(entry, (piece) => guarded(() => (frames ?? reader).write(piece)));
    if (problem) return problem;
    guarded(() => frames?.finish());
    guarded(() => reader.finish());
    return damage;
  }

  async #hash(entry: FileEntry, take: (piece: Buffer) => void): Promise<string | undefined> {
    const presence = presenceProblem(this.#system, this.#folder, entry);
    if (presence?.endsWith('is missing')) return presence;
    const sum = createHash('sha256');
    let fd: number | undefined;
    try {
      fd = this.#system.openRead(`${this.#folder}/${entry.name}`);
      for (;;) {
        const got = this.#system.read(fd, this.#chunk, 0, CHUNK, null);
        if (got === 0) break;
        const piece = this.#chunk.subarray(0, got);
        sum.update(piece);
        take(piece);
        if (this.#pause.due) await this.#pause.take();
      }
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error;
      return `${entry.name} cannot be read (${String(error.code)})`;
    } finally {
      if (fd !== undefined) this.#system.close(fd);
    }
    if (presence) return presence;
    return sum.digest('hex') === entry.sha256 ? undefined : `${entry.name} is altered`;
  }
}
