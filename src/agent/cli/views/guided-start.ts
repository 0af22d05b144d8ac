import { safeText } from '../../../shared/safe-text.ts';
import { STAGES } from '../../../shared/stages.ts';
import { bytesInWords, counted } from '../../../shared/words.ts';
import { shortPath } from '../../paths.ts';
import type { Assessment } from '../../plan/assessment.ts';
import type { PlanContent } from '../../plan/plan.ts';
import type { ChecklistRow } from '../guided/checklist.ts';
import { facts } from './table.ts';

export function titleLines(
  { source, target }: { readonly source: string; readonly target: string },
  home: string,
) {
  return [
    'Guided Migration',
    '',
    ...facts([
      ['Source', `${shortPath(source, home)} (will not be modified)`],
      ['Target', shortPath(target, home)],
      ['Phases', STAGES.map(({ name }) => name).join(', ')],
    ]),
    '',
  ];
}

const MARKS = { ok: '✓', look: '!', stop: '✗' } as const satisfies Record<ChecklistRow['state'], string>;

/** Each row with a mark, its figure in words, and below it what to do. */
export function checklistLines(rows: readonly ChecklistRow[]): string[] {
  const width = Math.max(0, ...rows.map(({ name }) => name.length));
  return [
    'Before you begin',
    ...rows.flatMap(({ name, state, text, more }) => [
      `  ${MARKS[state]} ${name.padEnd(width)}  ${safeText(text, 400)}`,
      ...more.map((line) => `    ${' '.repeat(width)}  ${safeText(line, 400)}`),
    ]),
    '',
  ];
}

/** What was found, in the mission's words (its §4.1, phase 1). */
export function analysisLines(assessment: Assessment, content: PlanContent): string[] {
  const { installation_type: type, version, configuration_complexity: complexity } = assessment;
  const { customizations: custom, data_volume: data } = assessment;
  const { counts } = content;
  const known = version.version === undefined ? 'of an unknown version' : version.version;
  return facts([
    ['Installation', `${type.method}, ${known}`],
    ['Projects', counted(counts.project.total, 'project')],
    ['Configuration', `${complexity.level}, ${counted(counts.key.total, 'setting')}`],
    ['Integrations', assessment.integrations.join(', ') || 'none'],
    ['Own files', `${counts.file.total}, ${custom.changed_files.length} of them changed files of upstream`],
    ['State', `${bytesInWords(data.state_bytes)} in ${counted(data.state_files, 'file')}`],
    ...(content.profile.reason === '' ? [] : [['Profile', content.profile.reason] as const]),
  ]);
}
