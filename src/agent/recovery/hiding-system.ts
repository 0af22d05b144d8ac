import { dirname, join } from 'node:path';
import { displayPath } from '../paths.ts';
import { readOnly } from '../read-only-system.ts';
import type { PathLike, ReadSystem } from '../system.ts';

/** The same machine for looking at, as it would be without these files (absolute paths). */
export function hiding(system: ReadSystem, hidden: ReadonlySet<string>): ReadSystem {
  const real = readOnly(system);
  const isHidden = (path: PathLike) => hidden.has(displayPath(path));
  const refuse = (path: PathLike): never => {
    throw Object.assign(new Error(`ENOENT: no such file or directory, '${displayPath(path)}'`), {
      code: 'ENOENT',
    });
  };
  const folders = new Set([...hidden].map((path) => dirname(path)));
  return Object.freeze({
    ...real,
    lstat: (path: PathLike) => (isHidden(path) ? undefined : real.lstat(path)),
    stat: (path: PathLike) => (isHidden(path) ? undefined : real.stat(path)),
    readFile: (path: PathLike, max?: number) => (isHidden(path) ? refuse(path) : real.readFile(path, max)),
    openRead: (path: PathLike) => (isHidden(path) ? refuse(path) : real.openRead(path)),
    readFolder: (path: PathLike) => {
      const entries = real.readFolder(path);
      const folder = displayPath(path);
      return folders.has(folder)
        ? entries.filter(({ name }) => !isHidden(join(folder, displayPath(name))))
        : entries;
    },
  });
}
