/** Calls `work` again and again until the returned function was called and the last call has ended. */
export type Ticker = (work: () => Promise<void>) => () => Promise<void>;

/** Once a second; a call that takes longer lets the next ones out. */
export const everySecond: Ticker = (work) => {
  let current: Promise<void> | undefined;
  const timer = setInterval(() => {
    current ??= work().finally(() => {
      current = undefined;
    });
  }, 1_000);
  return async () => {
    clearInterval(timer);
    await current;
  };
};
