import { safeText } from '../../../shared/safe-text.ts';
import { counted } from '../../../shared/words.ts';
import { shellPath, shortPath } from '../../paths.ts';
import type { Decision } from '../../plan/decision.ts';
import { countPlaceholders, type LedgerCount } from '../../plan/ledger.ts';
import type { PlanContent } from '../../plan/plan.ts';
import { type Finding, placeOf } from '../../survey/finding.ts';
import { needsYouLines } from './needs-you.ts';
import { facts, shortList } from './table.ts';

/** A plan for people. What only the ledger tells is shown too: what is kept without effect, and why. */
export function planLines(content: PlanContent, findings: readonly Finding[], home: string): string[] {
  const { open } = content.decisions;
  const command = `  migration-agent migrate-from-git ${shellPath(content.source, home)} --automated`;
  return [...wholePlan(content, findings, home), ...(open.length > 0 ? [] : ['Next', command])];
}

/** The same without what to type next. */
export function wholePlan(content: PlanContent, findings: readonly Finding[], home: string): string[] {
  const of = (phase: string) => content.actions.filter((action) => action.phase === phase);
  const unused = content.ledger.filter(({ fate }) => fate === 'kept-unused' || fate === 'patch');
  return [
    'Migration plan (nothing was written)',
    '',
    ...facts([
      ['Source', `${shortPath(content.source, home)} (will not be modified)`],
      ['Target', shortPath(content.target, home)],
      ...(content.profile.reason === '' ? [] : [['Profile', content.profile.reason] as const]),
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
    'Kept, not in effect',
    ...shortList(
      unused.map(({ item, note }) => (note === undefined ? item : `${item}: ${note}`)),
      20,
    ),
    '',
    'What becomes of everything (--json has it row by row)',
    ...countLines(content),
    '',
    ...needsYouLines(content.ledger),
    ...warningLines(findings),
    ...adviceLines(content.advice),
    ...decisionLines(content.decisions.open),
    ...safeLines(content.decisions.safe),
  ];
}

/** Warnings of the assessment, so that nobody needs to have read it first. */
export function warningLines(findings: readonly Finding[]): string[] {
  const warnings = findings.filter(({ level }) => level === 'warning');
  if (warnings.length === 0) return [];
  const lines = warnings.map((finding) => {
    const place = placeOf(finding);
    return `${place === '' ? '' : `${place}: `}${sentence(finding.message)}`;
  });
  return ['Warnings', ...shortList(lines, 12), ''];
}

/** What would stop working, so that nobody finds out afterwards; nothing where all goes on. */
export function adviceLines({ stops, recommendation }: PlanContent['advice']): string[] {
  if (stops.length === 0) return [];
  return [
    `Advice: ${recommendation}. This would stop working with the installed package`,
    ...stops.map(({ what, why, instead }) => `  - ${what}: ${[why, instead].filter(Boolean).join(' ')}`),
    '',
  ];
}

/** With one full stop, whatever the text ends with. */
export function sentence(text: string): string {
  return text.replace(/\.*$/, '.');
}

/** How many of each kind have which fate. Placeholders are counted as secrets, but are none to anybody. */
export function countLines({ counts, ledger }: Pick<PlanContent, 'counts' | 'ledger'>): string[] {
  const placeholders = countPlaceholders(ledger);
  const line = ({ total, inEffect, notInEffect, left, needsYou }: LedgerCount, dropped = 0) =>
    [
      `${inEffect} of ${total - dropped} in effect`,
      ...(notInEffect > 0 ? [`${notInEffect} kept, not in effect`] : []),
      ...(left > dropped ? [`${left - dropped} left in the clone`] : []),
      ...(needsYou > 0 ? [`${needsYou} need you`] : []),
      ...(dropped > 0 ? [`and ${counted(dropped, 'placeholder')} dropped`] : []),
    ].join(', ');
  return facts([
    ['Projects', line(counts.project)],
    ['Settings', line(counts.key)],
    ['Secrets', line(counts.secret, placeholders)],
    ['Files', line(counts.file)],
  ]);
}

/** Questions that nobody has to answer, with what is taken. */
function safeLines(safe: readonly Decision[]): string[] {
  if (safe.length === 0) return [];
  return [
    'Decided safely; --answers FILE can say otherwise',
    ...safe.flatMap((decision) => [
      `  ${safeText(decision.id)}: ${decision.safe}`,
      `    ${safeText(decision.question, 400)}`,
      ...decision.options.map((option) => `    ${option.id}: ${safeText(option.outcome)}`),
    ]),
    '',
  ];
}

export function decisionLines(open: readonly Decision[]): string[] {
  if (open.length === 0) return [];
  return [
    'Open decisions',
    ...open.flatMap((decision) => [
      `  ${decision.id}`,
      `    ${safeText(decision.question, 400)}`,
      ...decision.options.map(
        (option) =>
          `    ${option.id}: ${safeText(option.outcome)}${option.id === decision.remembered ? ' (your choice last time)' : ''}`,
      ),
    ]),
    '  Write your choices into a YAML file, one line each, such as',
    `    ${JSON.stringify(open[0]?.id)}: ${open[0]?.remembered ?? open[0]?.options[0]?.id}`,
    '  and add --answers FILE.',
    '',
  ];
}
