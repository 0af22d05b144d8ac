import { REAL_TIMERS } from '../channel/timers.ts';
import type { ReadSystem } from '../system.ts';

/** Milliseconds between two looks. */
const LOOK_MS = 200;

/** Looks again and again until there is something to tell, which it returns; undefined when the time is over first. */
export async function waitUntil<T>(
  system: ReadSystem,
  milliseconds: number,
  look: () => T | undefined,
): Promise<T | undefined> {
  const end = system.elapsed() + milliseconds;
  for (;;) {
    const found = look();
    if (found !== undefined || system.elapsed() > end) return found;
    await new Promise<void>((resolve) => REAL_TIMERS.after(LOOK_MS, resolve));
  }
}
