import { joinPath } from '../paths.ts';
import { haveSameBytes } from '../same-bytes.ts';
import type { PathLike, ReadSystem } from '../system.ts';

/**
 * The evidence that a person put into place what a run had prepared: every name, kind, mode, link and byte of the copy is
 * that of the prepared one. Times and owners of a copy are its own.
 */
export function isCopyOf(system: ReadSystem, copy: PathLike, prepared: PathLike): boolean {
  if (!isSameEntry(system, copy, prepared)) return false;
  if (system.lstat(prepared)?.kind !== 'folder') return true;
  if (!system.canRead(copy)) return false;
  const [mine, theirs] = [system.readFolder(prepared), system.readFolder(copy)];
  return (
    mine.length === theirs.length &&
    mine.every(({ name }) => isCopyOf(system, joinPath(copy, name), joinPath(prepared, name)))
  );
}

function isSameEntry(system: ReadSystem, a: PathLike, b: PathLike): boolean {
  const [one, other] = [system.lstat(a), system.lstat(b)];
  if (one === undefined || other === undefined || one.kind !== other.kind) return false;
  if (one.kind === 'link') return system.readLink(a)?.equals(system.readLink(b) ?? Buffer.alloc(0)) === true;
  if (one.mode !== other.mode) return false;
  return one.kind === 'folder' || (system.canRead(a) && haveSameBytes(system, a, b));
}
