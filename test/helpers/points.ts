import { Random } from './random.ts';

/** With AWM_DEEP a test of faults tries every point; else some, which follow from a seed that it prints. */
export const DEEP = process.env['AWM_DEEP'] === '1';
export const SEED = Number(process.env['AWM_SEED'] ?? Date.now() % 1_000_000);

/** As many of these, drawn by the seed, in their own order; with AWM_DEEP all. */
export function drawn<T>(all: readonly T[], count: number): T[] {
  if (DEEP) return [...all];
  const random = new Random(SEED);
  const left = all.map((_, at) => at);
  const chosen: number[] = [];
  while (chosen.length < count && left.length > 0)
    chosen.push(...left.splice(random.between(0, left.length - 1), 1));
  return chosen.sort((a, b) => a - b).map((at) => all[at] as T);
}

/**
 * Numbers of the calls that a test lets fail, counted from 1: the first, the last, one of each name, and `count` more.
 * `names` are those of an undisturbed run, in their order.
 */
export function drawnCalls(names: readonly string[], count: number): number[] {
  const all = names.map((_, at) => at + 1);
  if (DEEP) return all;
  const ofEach = [...Map.groupBy(all, (at) => names[at - 1]).values()].flatMap((same) => drawn(same, 1));
  return [...new Set([...all.slice(0, 1), ...ofEach, ...drawn(all, count), ...all.slice(-1)])].sort(
    (a, b) => a - b,
  );
}
