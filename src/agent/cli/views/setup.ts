import { safeText } from '../../../shared/safe-text.ts';
import { shortPath } from '../../paths.ts';
import type { SetupTakenBack } from '../../setup/take-back.ts';
import { facts } from './table.ts';

/** What a rollback did with the final setup; empty where there was none. */
export function setupTakenBackLines({ takenBack, left }: SetupTakenBack, home: string): string[] {
  if (takenBack.length + left.length === 0) return [];
  return [
    '',
    ...facts([['Final setup', takenBack.map((path) => shortPath(path, home)).join(', ') || 'nothing']]),
    ...(left.length === 0
      ? []
      : [
          '',
          'Left as they are',
          ...left.map(({ path, reason }) => `  - ${safeText(shortPath(path, home))}: ${safeText(reason)}`),
        ]),
  ];
}
