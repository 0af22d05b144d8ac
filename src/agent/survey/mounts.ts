import { displayPath } from '../paths.ts';
import type { Finding } from './finding.ts';
import type { Inventory } from './inventory.ts';
import type { Target } from './target.ts';

/** A warning for each folder of the clone and of the home that lies on another file system. */
export function mountFindings(inventory: Inventory, target: Target): Finding[] {
  const places = [
    ...inventory.notCrossed.map((rel) => displayPath(rel)),
    ...target.notCrossed.map((rel) => `${target.path}/${displayPath(rel)}`),
  ];
  return places.map((place) => ({
    code: 'mount',
    level: 'warning',
    message: `${place} lies on another file system: it was not looked into, and is not in the backup.`,
    file: place,
    fix: 'Save what is in it by yourself, if it is needed.',
  }));
}
