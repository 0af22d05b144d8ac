import type { PathLike, ReadSystem } from './system.ts';

const PIECE = 1 << 20;

/** True when both are regular files with the same bytes. Memory stays flat. @throws errno errors of reading them */
export function haveSameBytes(system: ReadSystem, a: PathLike, b: PathLike): boolean {
  const [one, other] = [system.lstat(a), system.lstat(b)];
  if (one?.kind !== 'file' || other?.kind !== 'file' || one.size !== other.size) return false;
  const [left, right] = [piecesOf(system, a), piecesOf(system, b)];
  try {
    for (;;) {
      const [piece, second] = [left.next().value, right.next().value];
      if (piece === undefined || second === undefined) return piece === second;
      if (!piece.equals(second)) return false;
    }
  } finally {
    left.return(undefined);
    right.return(undefined);
  }
}

/** A file in pieces, each of which is overwritten by the next one. */
function* piecesOf(system: ReadSystem, path: PathLike): Generator<Buffer, undefined> {
  const fd = system.openRead(path);
  try {
    const buffer = Buffer.allocUnsafe(PIECE);
    for (let length = fill(system, fd, buffer); length > 0; length = fill(system, fd, buffer))
      yield buffer.subarray(0, length);
    return undefined;
  } finally {
    system.close(fd);
  }
}

/** Reads until the buffer is full or the file ends: two files must be cut into pieces at the same places. */
function fill(system: ReadSystem, fd: number, buffer: Buffer): number {
  let length = 0;
  for (;;) {
    const more = system.read(fd, buffer, length, buffer.length - length, null);
    length += more;
    if (more === 0 || length === buffer.length) return length;
  }
}
