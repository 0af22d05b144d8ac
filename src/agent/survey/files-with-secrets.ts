import type { Secret } from '../../shared/secret.ts';
import type { ReadSystem } from '../system.ts';
import type { OwnFile } from './own-file.ts';
import { ifReachable } from './reachable.ts';
import { FileSearch } from './secret-search.ts';

/** Kinds of files that would be copied to the target, or lie in a plain part of the backup, for all that they say. */
const COPIED: ReadonlySet<OwnFile['kind']> = new Set(['agent', 'global', 'edited', 'custom', 'settings']);

/** Displayed paths of the files in whose text a secret was found. */
export function filesWithSecrets(
  system: ReadSystem,
  source: string,
  files: readonly OwnFile[],
  known: readonly Secret[],
): Set<string> {
  const search = new FileSearch(known);
  const suspects = files.filter(
    (file) =>
      COPIED.has(file.kind) &&
      file.fileKind === 'file' &&
      !(file.kind === 'settings' && file.shipped) &&
      (!file.secret || file.kind === 'global'),
  );
  return new Set(
    suspects
      .filter((file) => ifReachable(() => search.file(system, source, file.rel, judgesLines(file))) === true)
      .map((file) => file.display),
  );
}

/**
 * Names beside values say little in lists of users and rules, and of an edited file only the edit is the person's: its
 * patch is judged.
 */
function judgesLines({ kind, display }: OwnFile): boolean {
  return kind !== 'edited' && !/^\.orch-global\/security\/(users|access_rules)\.json$/.test(display);
}
