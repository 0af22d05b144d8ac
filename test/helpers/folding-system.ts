import { bytesOf } from '../../src/agent/paths.ts';
import type { PathLike, System } from '../../src/agent/system.ts';
import { systemError } from './faulty-system.ts';

/**
 * The same machine, except that below `folder` it takes names for one that differ only in letter case or in how letters
 * are composed, and makes none that is not UTF-8: as the usual file systems of macOS do.
 */
export function foldingSystem(base: System, folder: string): System {
  const folded = (path: PathLike): PathLike => {
    const bytes = bytesOf(path);
    if (!bytes.subarray(0, folder.length).equals(Buffer.from(folder))) return path;
    const name = bytes.subarray(folder.length);
    const text = name.toString('utf8');
    if (!Buffer.from(text).equals(name)) throw systemError('EILSEQ', 'open');
    return `${folder}${text.normalize('NFD').toLowerCase()}`;
  };
  const isPath = (value: unknown): value is PathLike => typeof value === 'string' || Buffer.isBuffer(value);
  return new Proxy(base, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      // The first argument of `symlink` is what the link says, no place.
      return (...args: unknown[]) =>
        value.apply(
          target,
          args.map((arg, at) => (isPath(arg) && !(name === 'symlink' && at === 0) ? folded(arg) : arg)),
        );
    },
  });
}
