import { bytesInWords } from '../../../shared/words.ts';
import { shellPath, shortPath } from '../../paths.ts';
import type { Assessment } from '../../plan/assessment.ts';
import type { Range } from '../../plan/disk-need.ts';
import type { PlanContent } from '../../plan/plan.ts';
import { facts } from './table.ts';

export type Way = 'guided' | 'automated' | 'manual';

/** The ways to migrate; the recommended one comes first. Questions without a safe answer are asked by the guided way. */
export function waysOf({ recommended_path: { path } }: Assessment): readonly Way[] {
  const first: Way = path === 'decide first' ? 'guided' : path;
  return [first, ...(['guided', 'automated', 'manual'] as const).filter((way) => way !== first)];
}

const WAYS: Readonly<Record<Way, { readonly title: string; readonly about: string }>> = {
  guided: { title: 'Guided', about: 'phase by phase, with questions; you can stop after each' },
  automated: { title: 'Automated', about: 'everything at one go; needs a plan without open decisions' },
  manual: { title: 'Manual', about: 'an export to look at and edit, with a checklist; then an import' },
};

export function recommendationLines(assessment: Assessment, content: PlanContent, home: string): string[] {
  const { recommended_path: recommended, migration_risk: risk } = assessment;
  const { estimate } = recommended;
  return [
    'Migration Recommendation',
    ...facts([
      ['Path', `${recommended.path}: ${recommended.because}`],
      ...(recommended.stops.length === 0
        ? []
        : [['Stay for now', `would stop working: ${recommended.stops.join(', ')}`] as const]),
      [
        'Estimated time',
        `${secondsInWords(estimate.seconds)} of this computer, beside your reading and answers`,
      ],
      ['Disk', bytesRange(estimate.disk_bytes)],
      ['Risk', [risk.level, ...risk.because].join(', ')],
      ['Rollback', 'available: a verified backup is made before anything is written'],
      ['Package', packageLine(content)],
    ]),
    '',
    'Readiness',
    ...facts(risk.places.map((place) => [place.what, placeInWords(place, home)])),
    '',
  ];
}

/** A way to migrate as it is offered; `refused` completes "not possible: …". */
export interface OfferedWay {
  readonly way: Way;
  readonly refused: string | undefined;
}

/** The ways in the order of `waysOf`. `isThere`: this version has it. */
export function offeredWays(assessment: Assessment, isThere: (way: Way) => boolean): readonly OfferedWay[] {
  const { automated_refused: refused } = assessment.recommended_path;
  return waysOf(assessment).map((way) => {
    if (!isThere(way)) return { way, refused: 'this version does not have it at the terminal' };
    return { way, refused: way === 'automated' ? refused : undefined };
  });
}

/** The offered ways, each with its number. */
export function wayLines(ways: readonly OfferedWay[], source: string, home: string): string[] {
  return [
    'Available migration options',
    ...ways.flatMap(({ way, refused }, index) => {
      const { title, about } = WAYS[way];
      const mark = index === 0 ? ' (recommended)' : '';
      return [
        `  [${index + 1}] ${title}${mark}: ${refused === undefined ? about : `not possible: ${refused}`}`,
        ...(refused === undefined ? [`      ${commandOf(way, source, home)}`] : []),
      ];
    }),
    '',
    'Look first at the plan',
    `  migration-agent migrate-from-git ${shellPath(source, home)} --automated --dry-run`,
    'What a bot would get of this: no names, no paths',
    `  migration-agent migrate-assess ${shellPath(source, home)} --facts`,
  ];
}

function commandOf(way: Way, source: string, home: string): string {
  const more = way === 'manual' ? ' --export ~/migration-export' : '';
  return `migration-agent migrate-from-git ${shellPath(source, home)} --${way}${more}`;
}

function placeInWords(place: Assessment['migration_risk']['places'][number], home: string): string {
  const { free_bytes: free, needed_bytes: needed, file_system: type, synced_by: service } = place;
  return [
    shortPath(place.path, home),
    ...(needed === undefined ? ['only read'] : [`needs ${bytesRange(needed)}`]),
    `${bytesInWords(free)} free${type === undefined ? '' : ` (${type})`}`,
    ...(needed !== undefined && !place.writable ? ['cannot be written to'] : []),
    ...(service === undefined ? [] : [`copied by ${service}`]),
    ...(place.remote ? ['on another computer or the host'] : []),
  ].join(', ');
}

function packageLine({ package: probe }: PlanContent): string {
  if (!probe.installed) return 'not installed; the result will be moved, not yet usable';
  const reads =
    probe.readsStore === 'yes' ? 'reads the stored secrets' : 'does not read the stored secrets by itself';
  return `${probe.version ?? 'unknown version'}, ${reads}`;
}

function bytesRange({ from, to }: Range): string {
  return `${bytesInWords(from)} to ${bytesInWords(to)}`;
}

function secondsInWords({ from, to }: Range): string {
  const words = (seconds: number) =>
    seconds < 90
      ? `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`
      : `${Math.ceil(seconds / 60)} min`;
  return `${words(from)} to ${words(to)}`;
}
