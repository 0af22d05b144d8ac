import { basename, dirname, join, relative } from 'node:path';
import { SUMS_FILE } from '../backup/format.ts';
import { readManifestFile } from '../backup/read.ts';
import { withoutCopyMark } from '../credentials/secret-lines.ts';
import { displayPath, isInside } from '../paths.ts';
import type { ReadSystem } from '../system.ts';
import type { Finding } from './finding.ts';
import { nameOfSource, namesIn } from './outside-file.ts';
import { ifReachable, statIfReachable } from './reachable.ts';
import { type Budget, isSpent, searchTree } from './search-tree.ts';
import { FileSearch } from './secret-search.ts';
import type { Survey } from './survey.ts';

/** `x.bak`, `agent-workflow-backup-2024`, `aw_export`: what people and programs call a copy. */
const COPY_WORD =
  /(?:^|[._ -])(?:bak|backups?|old|copy|copies|saved?|archived?|export(?:ed|s)?)(?:[._ -]|\d|$)|~$/i;
const ARCHIVE = /\.(?:zip|7z|rar|tgz|tbz2?|txz|(?:tar\.)?(?:gz|bz2|xz|zst|lz4))$/i;
const OUR_BACKUPS = '.agent-workflow-backups';
/** Where copies lie, besides beside the clone. */
const PLACES = ['', 'Desktop', 'Documents', 'Downloads', 'backup', 'backups', OUR_BACKUPS];

const FIX = 'Remove it when the migration has proved itself, and make new keys if others could read it.';

/**
 * Clear-text copies of the installation's secrets that a migration leaves where they are: copies of settings in the clone
 * (`.env.bak`), older backups, and exports, in the usual places. Only their place is told. Backups that this program made
 * keep secrets encrypted and are passed over.
 */
export function oldCopyFindings(system: ReadSystem, survey: Survey): Finding[] {
  const search = new FileSearch(survey.knownValues);
  const budget: Budget = { files: 4000, bytes: 128 << 20, end: system.elapsed() + 6000 };
  const findings = [
    ...copiesInClone(system, survey, search, budget),
    ...candidates(system, survey).flatMap((path) => copyOutside(system, survey, path, search, budget)),
  ];
  if (!isSpent(system, budget)) return findings;
  const message =
    'Old backups and exports are more than is searched; not all of them was looked at for secrets';
  return [...findings, { code: 'copies-not-searched', level: 'info', message }];
}

function copiesInClone(system: ReadSystem, survey: Survey, search: FileSearch, budget: Budget): Finding[] {
  return survey.inventory.files
    .filter(({ fileKind, rel }) => {
      const name = basename(displayPath(rel));
      return fileKind === 'file' && typeof rel === 'string' && withoutCopyMark(name) !== name;
    })
    .filter(({ rel }) => searchTree(system, join(survey.source, String(rel)), search, budget).files > 0)
    .map(({ display }) => ({
      code: 'clear-text-copy',
      level: 'warning',
      message: 'An old copy with a secret in clear text',
      file: display,
      fix: FIX,
    }));
}

function copyOutside(
  system: ReadSystem,
  { source }: Survey,
  path: string,
  search: FileSearch,
  budget: Budget,
): Finding[] {
  const file = nameOfSource(system, source, path);
  if (ARCHIVE.test(path)) {
    const message = 'An archive by its name of a copy of the installation; it is not looked into';
    return [{ code: 'archive-not-searched', level: 'info', message, file, fix: FIX }];
  }
  const { files, first } = searchTree(system, path, search, budget);
  if (first === undefined) return [];
  const message =
    first === path
      ? 'An old copy or export with a secret in clear text'
      : `An old backup or export; files in it that hold a secret in clear text: ${files}, the first is ${relative(path, first)}`;
  return [{ code: 'clear-text-backup', level: 'warning', message, file, fix: FIX }];
}

/** Files and folders that are by their name a copy of this installation or of its home. */
function candidates(system: ReadSystem, { source, target }: Survey): string[] {
  const names = [basename(source), basename(target.path), 'agent-workflow', 'agent_workflow'].map((name) =>
    name.replace(/^\./, '').toLowerCase(),
  );
  const folders = [...new Set([dirname(source), ...PLACES.map((place) => join(system.home, place))])];
  return folders.flatMap((folder) =>
    namesIn(system, folder)
      .filter(({ kind }) => kind === 'file' || kind === 'folder')
      .map(({ name }) => displayPath(name))
      .filter((name) => {
        const isNamed = names.some((one) => name.toLowerCase().includes(one));
        if (name === OUR_BACKUPS) return false;
        if (basename(folder) === OUR_BACKUPS) return true;
        return isNamed && (COPY_WORD.test(name) || /^backups?$/.test(basename(folder)));
      })
      .map((name) => join(folder, name))
      .filter(
        (path) => !isInside(path, target.path) && !isInside(source, path) && !isOurBackup(system, path),
      ),
  );
}

function isOurBackup(system: ReadSystem, path: string): boolean {
  if (statIfReachable(system, join(path, SUMS_FILE))?.kind !== 'file') return false;
  try {
    return ifReachable(() => readManifestFile(system, path)) !== undefined;
  } catch {
    return false; // A manifest that is none of ours.
  }
}
