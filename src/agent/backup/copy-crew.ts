import type { Worker } from 'node:worker_threads';
import type { FileWork } from './file-work.ts';
import type { Gap, PartEntry } from './format.ts';
import { startCopyWorker } from './start-copy-worker.ts';

/** What a worker is given: the secrets lie in its memory for as long as it lives, as they do in ours. */
export interface CrewTask {
  readonly work: FileWork;
  readonly folder: string;
  /** Names of parts that are in the folder already. */
  readonly taken: readonly string[];
  /** 1, 2 …; the main thread is 0. */
  readonly thread: number;
  readonly secrets: readonly Uint8Array[];
  /** True: files that look secret are left out, too. */
  readonly patterns: boolean;
  /** True: parts are compressed. */
  readonly zstd: boolean;
}

/** What became of a file: its record's line, a secret was found in it, or why it could not be read. */
export type FileOutcome =
  | { readonly line: string; readonly part: string; readonly size: number }
  | { readonly gap: Gap['kind']; readonly reason: string }
  | 'secret';

export type CrewMessage =
  | { readonly outcomes: readonly (readonly [number, FileOutcome])[] }
  | { readonly copied: true }
  | { readonly parts: readonly PartEntry[] }
  | { readonly failed: { message: string; code?: string; syscall?: string } };

/**
 * Threads that copy files beside the main one. Whoever starts a crew stops it: a failure of one is told by `check`,
 * `copied` and `parts`, and the others go on until `stop`.
 */
export class CopyCrew {
  readonly #workers: readonly Worker[];
  readonly #copied: Promise<unknown>;
  readonly #parts: Promise<PartEntry[]>;
  #failure: Error | undefined;

  constructor(tasks: readonly CrewTask[], take: (n: number, outcome: FileOutcome) => void) {
    this.#workers = startAll(tasks);
    const members = this.#workers.map((worker) => this.#listen(worker, take));
    this.#copied = Promise.all(members.map(({ copied }) => copied));
    this.#parts = Promise.all(members.map(({ parts }) => parts)).then((lists) => lists.flat());
    // Told by `check` where nobody waits for it.
    for (const promise of [this.#copied, this.#parts]) promise.catch(() => undefined);
  }

  /** Throws what a thread has failed with, as far as it is known. */
  check(): void {
    if (this.#failure) throw this.#failure;
  }

  /** Every file that a thread has taken is copied, and its outcome told. */
  async copied(): Promise<void> {
    await this.#copied;
  }

  /** The parts of all threads, durable, in the order of the threads. */
  async parts(): Promise<PartEntry[]> {
    return this.#parts;
  }

  /** Nothing is written any more when this returns, and every descriptor is closed. */
  async stop(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #listen(
    worker: Worker,
    take: (n: number, outcome: FileOutcome) => void,
  ): { readonly copied: Promise<void>; readonly parts: Promise<readonly PartEntry[]> } {
    const copied = Promise.withResolvers<void>();
    const parts = Promise.withResolvers<readonly PartEntry[]>();
    const fail = (error: Error) => {
      this.#failure ??= error;
      copied.reject(error);
      parts.reject(error);
    };
    worker.on('message', (message: CrewMessage) => {
      if ('outcomes' in message) for (const [n, outcome] of message.outcomes) take(n, outcome);
      else if ('copied' in message) copied.resolve();
      else if ('parts' in message) parts.resolve(message.parts);
      else fail(Object.assign(new Error(message.failed.message), message.failed));
    });
    worker.on('error', fail);
    // After the parts this changes nothing.
    worker.on('exit', () => {
      const early = new Error('a thread of the backup ended too early');
      copied.reject(early);
      parts.reject(early);
    });
    return { copied: copied.promise, parts: parts.promise };
  }
}

/** All of them or none: where one cannot be started, nobody would stop the others. */
function startAll(tasks: readonly CrewTask[]): Worker[] {
  const workers: Worker[] = [];
  try {
    for (const task of tasks) workers.push(startCopyWorker(task));
    return workers;
  } catch (error) {
    for (const worker of workers) void worker.terminate();
    throw error;
  }
}
