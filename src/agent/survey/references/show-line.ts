import type { Secret } from '../../../shared/secret.ts';
import { SecretSearch } from '../../backup/secret-search.ts';
import { findSecretPatterns } from '../../credentials/secret-kinds.ts';
import { hasSecretLine } from '../../credentials/secret-lines.ts';
import { utf8 } from './clone-names.ts';

const HIDDEN = '(not shown: a secret is in it)';
/** Characters of a line that are shown, around the clone's name where it is longer. */
const WIDTH = 200;

/** Tells whether a text may be shown. */
export class LineGuard {
  readonly #search: SecretSearch;

  constructor(known: readonly Secret[]) {
    this.#search = new SecretSearch(known);
  }

  /** `latin1`: one character is one byte. */
  holdsSecret(latin1: string): boolean {
    const text = utf8(latin1);
    return (
      this.#search.isIn(Buffer.from(latin1, 'latin1')) ||
      findSecretPatterns(text) ||
      hasSecretLine(text, 'settings')
    );
  }

  /** The line for people; of one that holds a secret only the part from `start` to `end`. */
  show(line: string, start: number, end: number): string {
    if (!this.holdsSecret(line)) return utf8(around(line, start, end)).trim();
    const named = line.slice(start, end);
    return named === '' || this.holdsSecret(named) ? HIDDEN : `… ${utf8(named)} … ${HIDDEN}`;
  }
}

function around(line: string, start: number, end: number): string {
  if (line.length <= WIDTH) return line;
  const from = Math.max(0, Math.min(start - 40, line.length - WIDTH));
  const to = Math.max(end, from + WIDTH);
  return `${from > 0 ? '…' : ''}${line.slice(from, to)}${to < line.length ? '…' : ''}`;
}
