import { safeText } from '../../../shared/safe-text.ts';
import { shortPath } from '../../paths.ts';
import type { Decision } from '../../plan/decision.ts';
import type { LedgerCounts } from '../../plan/ledger.ts';
import type { PlanContent } from '../../plan/plan.ts';
import { facts, shortList } from './table.ts';

export function planLines(content: PlanContent, digest: string, home: string): string[] {
  const of = (phase: string) => content.actions.filter((action) => action.phase === phase);
  return [
    'Migration plan (nothing was written)',
    '',
    ...facts([
      ['Source', `${shortPath(content.source, home)} (will not be modified)`],
      ['Target', shortPath(content.target, home)],
      ['Profile', content.profile.reason],
      ['Plan', digest.slice(0, 16)],
    ]),
    '',
    'Files to write',
    ...shortList(
      of('convert').map(({ what, from }) => (from === undefined ? what : `${what}  from ${from}`)),
      20,
    ),
    '',
    'Secrets to store, by name',
    ...shortList(
      of('credentials').map(({ what }) => what),
      20,
    ),
    '',
    'Projects to register',
    ...shortList(
      of('register').map(({ what }) => what),
      20,
    ),
    '',
    'What becomes of everything',
    ...countLines(content.counts),
    '',
    ...decisionLines(content.decisions.open),
  ];
}

export function countLines(counts: LedgerCounts): string[] {
  const line = (count: LedgerCounts['key']) =>
    [
      `${count.inEffect} of ${count.total} in effect`,
      ...(count.notInEffect > 0 ? [`${count.notInEffect} kept, not in effect`] : []),
      ...(count.needsYou > 0 ? [`${count.needsYou} need you`] : []),
    ].join(', ');
  return facts([
    ['Projects', line(counts.project)],
    ['Settings', line(counts.key)],
    ['Secrets', line(counts.secret)],
    ['Files', line(counts.file)],
  ]);
}

export function decisionLines(open: readonly Decision[]): string[] {
  if (open.length === 0) return [];
  return [
    'Open decisions',
    ...open.flatMap((decision) => [
      `  ${decision.id}`,
      `    ${safeText(decision.question, 400)}`,
      ...decision.options.map((option) => `    ${option.id}: ${safeText(option.outcome)}`),
    ]),
    '  Write your choices into a YAML file, one line each, such as',
    `    ${JSON.stringify(open[0]?.id)}: ${open[0]?.options[0]?.id}`,
    '  and add --answers FILE.',
    '',
  ];
}
