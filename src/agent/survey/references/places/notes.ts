import { join } from 'node:path';
import { isRegenerableName } from '../../own-file.ts';
import { type Look, quote } from '../look.ts';
import type { Place } from '../reference.ts';

/** A note by its name. */
export const NOTE = /\.(?:md|markdown|txt|org|rst|adoc)$/i;
/** Folders below the home folder in which people keep notes, and how deep they are looked into. */
const FOLDERS: readonly (readonly [folder: string, depth: number])[] = [
  ['', 0],
  ['Desktop', 1],
  ['Documents', 3],
  ['Notes', 3],
  ['notes', 3],
  ['doc', 2],
  ['docs', 2],
  ['wiki', 3],
  ['Obsidian', 3],
];
const MOST_NOTES = 2000;
const SKIPPED = /^\.|^(?:venv|env|site-packages)$/;

/** The person's own notes in their home folder: listed for them, never edited. */
export function* notes(look: Look): Generator<Place> {
  const paths: string[] = [];
  for (const [folder, depth] of FOLDERS) collect(look, join(look.system.home, folder), depth, paths);
  if (paths.length > MOST_NOTES)
    look.blind({
      what: `${paths.length - MOST_NOTES} of ${paths.length} notes`,
      why: 'they are many',
      run: `grep -rnIF --include='*.md' --include='*.txt' ${quote(look.clone)} ${quote(look.system.home)}`,
    });
  for (const path of paths.slice(0, MOST_NOTES)) yield* look.file('note', path, 'words');
}

function collect(look: Look, folder: string, depth: number, paths: string[]): void {
  for (const { name, kind } of look.entries(folder)) {
    if (paths.length > MOST_NOTES * 2) return;
    if (kind === 'file' && NOTE.test(name)) paths.push(join(folder, name));
    if (kind !== 'folder' || depth === 0 || SKIPPED.test(name) || isRegenerableName(name)) continue;
    const below = join(folder, name);
    if (!look.isOurs(below)) collect(look, below, depth - 1, paths);
  }
}
