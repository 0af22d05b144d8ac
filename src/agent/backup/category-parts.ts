import type { System } from '../system.ts';
import { FOLDERS_PART, type PartEntry } from './format.ts';
import { PartWriter } from './part-writer.ts';
import { tarEnd } from './tar-write.ts';

type PartCategory = PartEntry['category'];

/** The parts that one thread writes: one tar for each category, begun when something is to go into it. */
export class CategoryParts {
  readonly #system: System;
  readonly #folder: string;
  readonly #taken: ReadonlySet<string>;
  readonly #thread: number;
  readonly #writers = new Map<PartCategory, PartWriter>();

  /** `taken` are names of parts that an earlier backup has made; of those that are left, each thread has its own. */
  constructor(system: System, folder: string, taken: Iterable<string>, thread: number) {
    this.#system = system;
    this.#folder = folder;
    this.#taken = new Set(taken);
    this.#thread = thread;
  }

  of(category: PartCategory): PartWriter {
    const existing = this.#writers.get(category);
    if (existing) return existing;
    const name = category === 'folders' ? FOLDERS_PART : this.#freeName(category);
    const writer = new PartWriter(this.#system, this.#folder, name);
    this.#writers.set(category, writer);
    return writer;
  }

  /** Ends every tar and makes it durable. */
  finish(): PartEntry[] {
    return [...this.#writers].map(([category, writer]) => {
      writer.append(tarEnd(writer.position));
      const entry = writer.finish();
      const stat = this.#system.lstat(`${this.#folder}/${entry.name}`);
      return { ...entry, category, ino: stat?.ino.toString(), mtimeNs: stat?.mtimeNs.toString() };
    });
  }

  close(): void {
    for (const writer of this.#writers.values()) writer.close();
  }

  /** Past the parts of an earlier backup: `config-2.tar` beside its `config-1.tar`. */
  #freeName(category: string): string {
    for (let n = 1, left = this.#thread; ; n++) {
      const name = `${category}-${n}.tar`;
      if (!this.#taken.has(name) && left-- === 0) return name;
    }
  }
}
