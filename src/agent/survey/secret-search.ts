import { basename } from 'node:path';
import type { Secret } from '../../shared/secret.ts';
import { SecretSearch } from '../backup/secret-search.ts';
import { findSecretPatterns } from '../credentials/secret-kinds.ts';
import { hasSecretLine, type LineRules, lineRulesOf } from '../credentials/secret-lines.ts';
import { displayPath, joinPath } from '../paths.ts';
import type { PathLike, ReadSystem } from '../system.ts';

const PIECE = 1 << 20;
/** What of a piece is looked at again with the next one: no token and no line that is judged is longer. */
const OVERLAP = 1 << 12;

/** Tells whether files hold one of the known secrets, text of the shape of a token, or a line that states a secret. */
export class FileSearch {
  readonly #search: SecretSearch;
  readonly #buffer = Buffer.allocUnsafe(OVERLAP + PIECE);

  constructor(known: readonly Secret[]) {
    this.#search = new SecretSearch(known);
  }

  /** One of the known secrets only. */
  known(data: Buffer): boolean {
    return this.#search.isIn(data);
  }

  /** `rules` undefined: lines are not judged by the names in them. */
  bytes(data: Buffer, rules?: LineRules): boolean {
    return this.#search.isIn(data) || looksSecret(data, rules);
  }

  /** Reads the file in pieces of 1 MiB, so that memory stays flat. Its name tells how its lines are judged. */
  file(system: ReadSystem, clone: string, rel: PathLike, lines = true): boolean {
    const rules = lines ? lineRulesOf(basename(displayPath(rel))) : undefined;
    const fd = system.openRead(joinPath(clone, rel));
    try {
      this.#search.start();
      for (let kept = 0; ; ) {
        const length = system.read(fd, this.#buffer, kept, PIECE, null);
        if (length === 0) return false;
        const end = kept + length;
        if (this.#search.next(this.#buffer.subarray(kept, end))) return true;
        if (looksSecret(this.#buffer.subarray(0, end), rules)) return true;
        const from = Math.max(0, end - OVERLAP);
        this.#buffer.copy(this.#buffer, 0, from, end);
        kept = end - from;
      }
    } finally {
      system.close(fd);
    }
  }
}

function looksSecret(data: Buffer, rules: LineRules | undefined): boolean {
  const text = data.toString('utf8');
  return findSecretPatterns(text) || (rules !== undefined && !data.includes(0) && hasSecretLine(text, rules));
}
