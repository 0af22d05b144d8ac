import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of this package, where package.json lies: the same from the sources and from a bundle. */
export const PACKAGE_ROOT: string = rootAbove(import.meta.dirname);

function rootAbove(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const above = dirname(folder);
  if (above === folder) throw new Error('this program was moved out of its package');
  return rootAbove(above);
}
