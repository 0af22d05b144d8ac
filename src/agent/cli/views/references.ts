import { safeText } from '../../../shared/safe-text.ts';
import { counted } from '../../../shared/words.ts';
import { shortPath } from '../../paths.ts';
import type { TakenBack } from '../../references/take-back.ts';
import type { References } from '../../survey/references/find-references.ts';
import { KIND_WORDS } from '../../survey/references/finding.ts';
import type { Reference } from '../../survey/references/reference.ts';
import { facts } from './table.ts';

const WIDTH = 400;

/** All references, those that can be replaced first, each with what it says and what it would say. */
export function referenceLines({ references, blindSpots }: References, home: string): string[] {
  const group = (state: Reference['state'], title: string) => {
    const own = references.filter((one) => one.state === state);
    return own.length === 0 ? [] : [title, ...own.flatMap((one) => oneReference(one, home)), ''];
  };
  return [
    ...(references.length === 0 ? ['Nothing outside of the clone names it.', ''] : []),
    ...group('patch', 'Can be replaced'),
    ...group('needs-you', 'Need you'),
    ...group('listed', 'Only say it: nothing runs these'),
    ...(blindSpots.length === 0
      ? []
      : [
          'Could not look at',
          ...blindSpots.flatMap(({ what, why, run }) => [
            `  - ${safeText(what)} (${safeText(why)}); run this to check:`,
            `      ${safeText(run, WIDTH)}`,
          ]),
          '',
        ]),
  ];
}

export function placeOfReference({ file, line }: Reference, home: string): string {
  return [shortPath(file, home), line].filter((part) => part !== undefined).join(':');
}

/** The lines before and after, as a difference shows them. */
export function previewLines({ preview = [] }: Reference): string[] {
  return [
    ...preview.map(({ before }) => `      - ${safeText(before.trim(), WIDTH)}`),
    ...preview.map(({ after }) => `      + ${safeText(after.trim(), WIDTH)}`),
  ];
}

/** What a rollback or an undo did with replaced lines; empty where there were none. */
export function takenBackLines({ takenBack, left }: TakenBack, home: string): string[] {
  if (takenBack.length + left.length === 0) return [];
  return [
    '',
    ...facts([['Lines as before', takenBack.map((file) => shortPath(file, home)).join(', ') || 'none']]),
    ...(left.length === 0
      ? []
      : [
          '',
          'Left as they are',
          ...left.map(({ file, reason }) => `  - ${safeText(shortPath(file, home))}: ${safeText(reason)}`),
        ]),
  ];
}

/** `2 cron jobs and scripts can be replaced, 3 need you`: for the report of an assessment. */
export function referenceCounts(references: readonly Pick<Reference, 'state'>[]): string {
  if (references.length === 0) return 'none found';
  const of = (state: Reference['state']) => references.filter((one) => one.state === state).length;
  return [
    counted(references.length, 'line'),
    `${of('patch')} can be replaced, ${of('needs-you')} need you, ${of('listed')} only say it`,
  ].join(': ');
}

function oneReference(reference: Reference, home: string): string[] {
  const { id, kind, text, reason, suggestion, state } = reference;
  return [
    `  ${id}  ${safeText(placeOfReference(reference, home))} (${KIND_WORDS[kind]})`,
    ...(state === 'patch' ? previewLines(reference) : [`      ${safeText(text, WIDTH)}`]),
    ...(reason === undefined ? [] : [`      ${safeText(reason)}`]),
    ...(suggestion === undefined ? [] : [`      ${safeText(suggestion)}`]),
  ];
}
