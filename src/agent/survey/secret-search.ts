import type { Secret } from '../../shared/secret.ts';
import { SecretSearch } from '../backup/secret-search.ts';
import { findSecretPatterns } from '../credentials/secret-kinds.ts';
import { joinPath } from '../paths.ts';
import type { PathLike, ReadSystem } from '../system.ts';

/** Pattern search is for files up to this size; known values are searched in files of any size. */
const PIECE = 1 << 20;

/** Tells whether files hold one of the known secrets, or text of the shape of a token. */
export class FileSearch {
  readonly #search: SecretSearch;
  readonly #buffer = Buffer.allocUnsafe(PIECE);

  constructor(known: readonly Secret[]) {
    this.#search = new SecretSearch(known);
  }

  bytes(data: Buffer): boolean {
    return this.#search.isIn(data) || (data.length <= PIECE && findSecretPatterns(data.toString('utf8')));
  }

  /** Reads the file in pieces of 1 MiB, so that memory stays flat. */
  file(system: ReadSystem, clone: string, rel: PathLike): boolean {
    const fd = system.openRead(joinPath(clone, rel));
    try {
      this.#search.start();
      for (let first = true; ; first = false) {
        const length = system.read(fd, this.#buffer, 0, PIECE, null);
        if (length === 0) return false;
        const piece = this.#buffer.subarray(0, length);
        if (this.#search.next(piece)) return true;
        if (first && length < PIECE && findSecretPatterns(piece.toString('utf8'))) return true;
      }
    } finally {
      system.close(fd);
    }
  }
}
