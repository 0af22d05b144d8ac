import { join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { makeFolders, writeFileAtomic } from '../files.ts';
import { isInside } from '../paths.ts';
import { inWords } from '../run/in-words.ts';
import type { LocalPatches } from '../survey/local-patches/find-local-patches.ts';
import { FATE_WORDS } from '../survey/local-patches/finding.ts';
import type { FoundPatch } from '../survey/local-patches/local-patch.ts';
import { realPathSoFar } from '../survey/reachable.ts';
import type { System } from '../system.ts';

export interface ExportedPatch {
  readonly id: string;
  /** Its name in the folder. */
  readonly file: string;
}

/**
 * Writes each patch that is to carry into a new or empty folder, in the order in which they apply, with a note on every
 * change. None holds a secret. The clone is not touched.
 * @throws PATCH_EXPORT_PLACE before anything is written
 */
export function exportPatches(
  system: System,
  source: string,
  folder: string,
  found: LocalPatches,
): readonly ExportedPatch[] {
  refusePlace(system, source, folder);
  const carried = found.patches.filter(({ fate, withheld }) => fate === 'carry' && withheld === undefined);
  const exported = carried.map((patch, n) => ({ patch, id: patch.id, file: fileName(n + 1, patch) }));
  try {
    makeFolders(system, folder);
    for (const { patch, file } of exported) writeFileAtomic(system, join(folder, file), patch.patch());
    writeFileAtomic(system, join(folder, 'NOTES.md'), notes(found, exported));
  } catch (error) {
    throw inWords(error, folder);
  }
  return exported.map(({ id, file }) => ({ id, file }));
}

function refusePlace(system: System, source: string, folder: string): void {
  const refuse = (reason: string): never => {
    throw new AppError('PATCH_EXPORT_PLACE', { path: folder, reason });
  };
  if (isInside(realPathSoFar(system, folder), source)) refuse('it lies in the clone, which is never changed');
  const stat = system.stat(folder);
  if (stat === undefined) return;
  if (stat.kind !== 'folder') refuse('it is not a folder');
  if (system.readFolder(folder).length > 0) refuse('it is not empty');
}

/** `0001-what-it-says.patch`. */
function fileName(n: number, { kind, subject, files, commit }: FoundPatch): string {
  const words = kind === 'commit' ? (subject ?? '') : `edit of ${files[0] ?? ''}`;
  const slug = words
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 50);
  return `${String(n).padStart(4, '0')}-${slug || (commit?.slice(0, 8) ?? 'patch')}.patch`;
}

function notes({ upstream, patches, more }: LocalPatches, exported: readonly ExportedPatch[]): string {
  const names = new Map(exported.map(({ id, file }) => [id, file]));
  const sections = patches.map((patch) => {
    const title =
      patch.kind === 'commit' ? `${patch.commit?.slice(0, 8)} ${patch.subject}` : `Edit of ${patch.files[0]}`;
    const file = names.get(patch.id);
    return [
      `## ${title}`,
      '',
      `${FATE_WORDS[patch.fate]}: ${patch.because}`,
      ...(file === undefined ? [] : [`Patch: ${file} (${patch.kind === 'commit' ? 'git am' : 'git apply'})`]),
      patch.note,
      ...(patch.kind === 'commit' ? [`Files: ${patch.files.join(', ')}`] : []),
      '',
    ].join('\n');
  });
  return [
    '# Your changes of agent-workflow',
    '',
    upstream === undefined
      ? 'The clone knows no branch of upstream: only edits that are not committed are listed.'
      : `Compared with ${upstream} as the clone last fetched it.`,
    ...(more > 0 ? [`${more} older commits are not listed.`] : []),
    '',
    ...sections,
  ].join('\n');
}
