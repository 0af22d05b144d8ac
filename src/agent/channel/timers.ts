/** Waiting, so that tests can wait without time passing. */
export interface Timers {
  /** Calls `run` once after so many milliseconds; what it returns calls that off. */
  after(milliseconds: number, run: () => void): () => void;
}

export const REAL_TIMERS: Timers = {
  after(milliseconds, run) {
    const timer = setTimeout(run, milliseconds);
    return () => clearTimeout(timer);
  },
};
