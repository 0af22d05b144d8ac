import { displayPath } from '../paths.ts';
import type { Inventory } from './inventory.ts';
import type { OwnFile } from './own-file.ts';

/**
 * Files whose path itself holds a secret get the name `withheld-N` wherever they are named, are not read as settings, are
 * never copied, and are sealed in the backup. `isSecret` judges a path.
 */
export function withholdNames(inventory: Inventory, isSecret: (path: string) => boolean): Inventory {
  const taken = new Set(inventory.files.map(({ display }) => display));
  let last = 0;
  const standIn = (): string => {
    do last += 1;
    while (taken.has(`withheld-${last}`));
    return `withheld-${last}`;
  };
  const files = inventory.files.map((file): OwnFile => {
    if (isWithheld(file) || !isSecret(displayPath(file.rel))) return file;
    const kind = file.kind === 'special' || file.kind === 'regenerable' ? file.kind : 'custom';
    return { ...file, display: standIn(), kind, secret: true };
  });
  return { ...inventory, files };
}

/** True for a file that is not named by its path. */
export function isWithheld({ rel, display }: Pick<OwnFile, 'rel' | 'display'>): boolean {
  return /^withheld-\d+$/.test(display) && displayPath(rel) !== display;
}
