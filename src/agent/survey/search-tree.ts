import { basename } from 'node:path';
import { lineRulesOf } from '../credentials/secret-lines.ts';
import { displayPath, joinPath } from '../paths.ts';
import type { PathLike, ReadSystem } from '../system.ts';
import { isCredentialName } from './credential-names.ts';
import { isRegenerableName } from './own-file.ts';
import { ifReachable } from './reachable.ts';
import type { FileSearch } from './secret-search.ts';

const LARGEST_FILE = 4 << 20;
const DEEPEST = 8;
const PASSED_OVER = new Set(['.git', '.venv', 'venv']);

/** What a search may still use, shared by the trees that it goes through. */
export interface Budget {
  files: number;
  bytes: number;
  /** On the clock of `system.elapsed()`. */
  readonly end: number;
}

export function isSpent(system: ReadSystem, budget: Budget): boolean {
  return budget.files <= 0 || budget.bytes <= 0 || system.elapsed() > budget.end;
}

/** How many files at or below `root` hold a secret, and the first of them. Follows no link; bounded in every way. */
export function searchTree(
  system: ReadSystem,
  root: string,
  search: FileSearch,
  budget: Budget,
): { readonly files: number; readonly first: string | undefined } {
  let files = 0;
  let first: string | undefined;
  const look = (path: PathLike, depth: number): void => {
    if (isSpent(system, budget)) return;
    const stat = ifReachable(() => system.lstat(path));
    if (stat?.kind === 'folder' && depth < DEEPEST) {
      for (const { name } of ifReachable(() => system.readFolder(path)) ?? []) {
        const shown = displayPath(name);
        if (!PASSED_OVER.has(shown) && !isRegenerableName(shown)) look(joinPath(path, name), depth + 1);
      }
    } else if (stat?.kind === 'file' && stat.size <= LARGEST_FILE) {
      budget.files -= 1;
      budget.bytes -= stat.size;
      if (!holdsSecret(system, path, search)) return;
      files += 1;
      first ??= displayPath(path);
    }
  };
  look(root, 0);
  return { files, first };
}

function holdsSecret(system: ReadSystem, path: PathLike, search: FileSearch): boolean {
  const name = basename(displayPath(path));
  const judgesLines = isCredentialName(name) || lineRulesOf(name) === 'settings';
  return ifReachable(() => search.file(system, '', path, judgesLines)) === true;
}
