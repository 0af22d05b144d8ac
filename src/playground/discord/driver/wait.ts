import type { Changes } from '../world/changes.ts';

export interface WaitOptions {
  /** Real milliseconds after which it is given up. */
  readonly deadlineMs?: number | undefined;
  /** What is waited for, in words for the error. */
  readonly about?: string | undefined;
}

/** Long: it only ends what hangs, also on a machine that is busy. */
export const DEADLINE_MS = 60_000;

/** What `look` returns once that is not undefined: looked at now and after every change, without polling. */
export function until<T>(
  changes: Changes,
  look: () => T | undefined,
  describe: () => string,
  { deadlineMs = DEADLINE_MS, about = 'what was waited for' }: WaitOptions,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let isOver = false;
    const finish = (end: () => void): void => {
      isOver = true;
      stop();
      clearTimeout(timer);
      end();
    };
    // Changes are told in the middle of a request; what it changes is complete a microtask later.
    const check = (): void => {
      if (isOver) return;
      try {
        const found = look();
        if (found !== undefined) finish(() => resolve(found));
      } catch (error) {
        finish(() => reject(error));
      }
    };
    const stop = changes.listen(() => queueMicrotask(check));
    const timer = setTimeout(
      () => finish(() => reject(new Error(`After ${deadlineMs} ms, ${about} has not come. ${describe()}`))),
      deadlineMs,
    );
    check();
  });
}

/** `promise`, given up after so many real milliseconds. */
export async function withDeadline<T>(
  promise: Promise<T>,
  { deadlineMs = DEADLINE_MS, about }: WaitOptions,
): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const text = `After ${deadlineMs} ms the application has acknowledged ${about}, but shows no answer.`;
  const timer = setTimeout(() => reject(new Error(text)), deadlineMs);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
