import type { System } from '../system.ts';
import { foldersPart, type PartEntry, partEnding } from './format.ts';
import { newPartBuffer, PartWriter } from './part-writer.ts';
import { tarEnd } from './tar-write.ts';

type PartCategory = PartEntry['category'];

/** The parts that one thread writes: one tar for each category, begun when something is to go into it. */
export class CategoryParts {
  readonly #system: System;
  readonly #folder: string;
  readonly #taken: ReadonlySet<string>;
  readonly #thread: number;
  readonly #writers = new Map<PartCategory, PartWriter>();
  readonly #zstd: boolean;
  /** Of all parts; compressed ones have one each, so that their frames do not get small. */
  readonly #buffer: Buffer | undefined;
  /** The one whose bytes are in the buffer. */
  #current: PartWriter | undefined;

  /** `taken` are names of parts that an earlier backup has made; of those that are left, each thread has its own. */
  constructor(system: System, folder: string, taken: Iterable<string>, thread: number, zstd: boolean) {
    this.#system = system;
    this.#folder = folder;
    this.#taken = new Set(taken);
    this.#thread = thread;
    this.#zstd = zstd;
    this.#buffer = zstd ? undefined : newPartBuffer();
  }

  /** To be asked for anew before each entry. */
  of(category: PartCategory): PartWriter {
    const writer = this.#writers.get(category) ?? this.#begin(category);
    if (this.#buffer && this.#current !== writer) this.#current?.flush();
    this.#current = writer;
    return writer;
  }

  /** Ends every tar and makes it durable. */
  finish(): PartEntry[] {
    return [...this.#writers.keys()].map((category) => {
      const writer = this.of(category);
      writer.append(tarEnd(writer.position));
      const entry = writer.finish();
      const stat = this.#system.lstat(`${this.#folder}/${entry.name}`);
      return { ...entry, category, ino: stat?.ino.toString(), mtimeNs: stat?.mtimeNs.toString() };
    });
  }

  close(): void {
    for (const writer of this.#writers.values()) writer.close();
  }

  #begin(category: PartCategory): PartWriter {
    const name = category === 'folders' ? foldersPart(this.#zstd) : this.#freeName(category);
    const writer = new PartWriter(this.#system, this.#folder, name, {
      buffer: this.#buffer,
      zstd: this.#zstd,
    });
    this.#writers.set(category, writer);
    return writer;
  }

  /** Past the parts of an earlier backup: `config-2.tar` beside its `config-1.tar`. */
  #freeName(category: string): string {
    for (let n = 1, left = this.#thread; ; n++) {
      const name = `${category}-${n}${partEnding(this.#zstd)}`;
      if (!this.#taken.has(name) && left-- === 0) return name;
    }
  }
}
