import { jobView, ownerOf } from './job-view.ts';
import type { Job, JobProgress, Owner } from './services.ts';
import type { Job as JobRow } from './store/records/jobs.ts';

type Listener = (job: Job, owner: Owner) => void;

/** Tells whoever listens what became of jobs, and remembers how far those are that run. */
export class JobChanges {
  readonly #now: () => number;
  readonly #onFault: (error: unknown) => void;
  readonly #listeners = new Set<Listener>();
  readonly #progress = new Map<string, JobProgress>();

  /** `now` in ms since 1970; `onFault` is told what listeners throw. */
  constructor(now: () => number, onFault: (error: unknown) => void) {
    this.#now = now;
    this.#onFault = onFault;
  }

  view(row: JobRow): Job {
    return jobView(row, this.#progress.get(row.id), this.#now());
  }

  /** To be called after the commit. */
  tell(row: JobRow, progress?: JobProgress): void {
    if (progress !== undefined) this.#progress.set(row.id, progress);
    const job = this.view(row);
    if (row.endedAt !== null) this.#progress.delete(row.id);
    for (const listener of this.#listeners) {
      try {
        listener(job, ownerOf(row));
      } catch (error) {
        this.#onFault(error);
      }
    }
  }

  /** Returns the unsubscriber. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
