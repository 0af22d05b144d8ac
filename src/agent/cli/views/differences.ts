import { safeText } from '../../../shared/safe-text.ts';
import type { Change, Differences, FileDifference } from '../../plan/differences.ts';

/** Differences file by file, in the manner of a patch. */
export function differenceLines({ files, more }: Differences): string[] {
  if (files.length === 0) return ['Differences: none; every file stays as it is.'];
  return [
    'Differences, file by file (secrets are never shown; comments and all other keys stay)',
    '',
    ...files.flatMap(fileLines),
    ...(more === 0 ? [] : [`and ${more} more files`]),
  ];
}

function fileLines({ file, what, from, changes, more }: FileDifference): string[] {
  const origin = from === undefined ? '' : `, from ${from}`;
  return [
    `${what === 'new' ? '+++' : '~~~'} ${safeText(file)} (${what}${origin})`,
    ...changes.map(changeLine),
    ...(more === 0 ? [] : [`  and ${more} more`]),
    ...(changes.length === 0 ? [] : ['']),
  ];
}

function changeLine({ kind, key, before = '', after = '' }: Change): string {
  const name = safeText(key, 200);
  switch (kind) {
    case 'added':
      return `  + ${name}: ${after}`;
    case 'removed':
      return `  - ${name}: ${before}`;
    case 'changed':
      return before === '' ? `  ~ ${name}: ${after}` : `  ~ ${name}: ${before} -> ${after}`;
  }
}
