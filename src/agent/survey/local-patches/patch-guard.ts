import { basename } from 'node:path';
import type { Secret } from '../../../shared/secret.ts';
import { lineRulesOf } from '../../credentials/secret-lines.ts';
import { patchParts } from '../git-bytes.ts';
import { patchTexts } from '../patch-texts.ts';
import { FileSearch } from '../secret-search.ts';

/** Why a patch is not given out; undefined where it can be. A patch holds what it takes away, too. */
export class PatchGuard {
  readonly #search: FileSearch;

  constructor(known: readonly Secret[]) {
    this.#search = new FileSearch(known);
  }

  /** `message`: of the commit. */
  whyWithheld(patch: Buffer, message = ''): string | undefined {
    if (this.holdsSecret(message)) return 'a secret was found in its message';
    for (const part of patchParts(patch)) {
      const texts = patchTexts(part);
      if (texts === undefined) return 'it changes a binary file, which nobody can look into';
      const rules = lineRulesOf(basename(nameIn(part)));
      if (this.#search.bytes(part) || texts.some((text) => this.#search.bytes(text, rules)))
        return 'a secret was found in it';
    }
    return undefined;
  }

  holdsSecret(text: string): boolean {
    return this.#search.bytes(Buffer.from(text, 'utf8'), 'prose');
  }
}

/** The file that a part is about; its ending tells how its lines are judged. */
function nameIn(part: Buffer): string {
  const text = part.toString('utf8');
  const name = /^\+\+\+ "?b\/(.*?)"?$/m.exec(text)?.[1] ?? /^--- "?a\/(.*?)"?$/m.exec(text)?.[1];
  return name ?? '';
}
