import { shortPath } from '../../paths.ts';
import type { Kept } from '../../run/phases.ts';

/** Where the person finds what was taken away and not deleted. */
export function keptLines(kept: readonly Kept[], home: string): string[] {
  if (kept.length === 0) return [];
  return ['', 'Kept for you', ...kept.map(({ path, what }) => `  - ${shortPath(path, home)}: ${what}`)];
}
