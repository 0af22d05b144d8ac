import { looksSecret } from '../credentials/looks-secret.ts';
import { RealSystem } from '../real-system.ts';
import type { System } from '../system.ts';
import type { CategoryParts } from './category-parts.ts';
import { type CopyItem, type CopyTools, copyFile } from './copy.ts';
import { CopyCrew, type FileOutcome } from './copy-crew.ts';
import { type FileWork, fileWork, takeChunk } from './file-work.ts';
import type { BackupRecord, PartEntry } from './format.ts';
import type { BackupRequest } from './request.ts';
import { SourceError } from './source-file.ts';

/** Below both, starting another thread takes longer than it saves. */
const MANY_FILES = 2000;
const MANY_BYTES = 100_000_000;
/** More of them wait for one disk. */
const MOST_THREADS = 4;

/** What became of a file: its record (of another thread's, its line), a secret in it, or why it could not be read. */
export type CopyOutcome = BackupRecord | FileOutcome;

/** Copies regular files into plain parts: with other threads, where there is much to copy and nothing speaks against it. */
export class CopyFiles {
  readonly #system: System;
  readonly #tools: CopyTools;
  readonly #parts: CategoryParts;
  readonly #folder: string;
  readonly #taken: readonly string[];
  readonly #request: BackupRequest;
  #crew: CopyCrew | undefined;

  constructor(
    system: System,
    tools: CopyTools,
    parts: CategoryParts,
    into: { readonly folder: string; readonly taken: readonly string[]; readonly request: BackupRequest },
  ) {
    this.#system = system;
    this.#tools = tools;
    this.#parts = parts;
    this.#folder = into.folder;
    this.#taken = into.taken;
    this.#request = into.request;
  }

  /** The outcome of each file, in the order of the files; `tell` is called with the files and bytes so far. */
  async copy(
    files: readonly CopyItem[],
    tell: (files: number, bytes: number) => void,
  ): Promise<CopyOutcome[]> {
    const outcomes: CopyOutcome[] = Array.from({ length: files.length });
    let count = 0;
    let bytes = 0;
    const take = (n: number, outcome: CopyOutcome) => {
      outcomes[n] = outcome;
      count += 1;
      bytes += files[n]?.stat.size ?? 0;
    };
    const work = fileWork(files);
    this.#crew = this.#crewFor(work, files, take);
    for (let chunk = takeChunk(work); chunk !== undefined; chunk = takeChunk(work))
      for (const n of chunk) {
        take(n, await this.copyOne(files[n]!));
        if (this.#tools.pause.due) await this.#tools.pause.take();
        this.#crew?.check();
        tell(count, bytes);
      }
    await this.#crew?.copied();
    return outcomes;
  }

  async copyOne(item: CopyItem): Promise<BackupRecord | 'secret' | Extract<FileOutcome, { gap: unknown }>> {
    try {
      return await copyFile(this.#tools, item, this.#parts.of(item.category ?? 'custom'));
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      return { gap: error.kind, reason: error.message };
    }
  }

  /** The parts that the other threads have written, durable. */
  async parts(): Promise<PartEntry[]> {
    return (await this.#crew?.parts()) ?? [];
  }

  /** No other thread writes any more when this returns. */
  async stop(): Promise<void> {
    await this.#crew?.stop();
  }

  #crewFor(
    work: FileWork,
    files: readonly CopyItem[],
    take: (n: number, outcome: FileOutcome) => void,
  ): CopyCrew | undefined {
    const { patterns, knownSecrets, zstd = false } = this.#request;
    // A function cannot be sent to a thread: it has the one that it knows.
    if (patterns !== undefined && patterns !== looksSecret) return undefined;
    const bytes = files.reduce((sum, { stat }) => sum + stat.size, 0);
    if (files.length < MANY_FILES && bytes < MANY_BYTES) return undefined;
    const threads = Math.min(RealSystem.threadsOf(this.#system), MOST_THREADS, work.ends.length);
    if (threads < 2) return undefined;
    const task = {
      work,
      folder: this.#folder,
      taken: this.#taken,
      secrets: knownSecrets.map((secret) => secret.reveal()),
      patterns: patterns !== undefined,
      zstd,
    };
    const others = Array.from({ length: threads - 1 }, (_, n) => ({ ...task, thread: n + 1 }));
    return new CopyCrew(others, take);
  }
}
