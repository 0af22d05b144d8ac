/** The two clocks of a machine. The agent's `System` is one. */
export interface Clock {
  /** The time of day, which somebody may set at any moment. */
  now(): Date;
  /** Milliseconds since any fixed moment; never goes back. */
  elapsed(): number;
}

/** Whole seconds since 1970, as times travel. */
export function seconds(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}
