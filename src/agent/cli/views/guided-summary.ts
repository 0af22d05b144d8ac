import { STAGES, type StageName } from '../../../shared/stages.ts';
import { bytesInWords, counted, durationInWords } from '../../../shared/words.ts';
import type { CheckResult } from '../../checks/check.ts';
import { shellPath, shortPath } from '../../paths.ts';
import type { PlanContent } from '../../plan/plan.ts';
import { needsYouLines } from './needs-you.ts';
import { nextSteps, whyNotUsable } from './result.ts';
import { facts, shortList } from './table.ts';

export interface GuidedEnd {
  readonly content: PlanContent;
  readonly checks: readonly CheckResult[];
  readonly complete: boolean;
  /** ms by stage. */
  readonly times: readonly { readonly stage: StageName; readonly milliseconds: number }[];
  readonly backup: {
    readonly path: string;
    readonly files: number;
    readonly bytes: number;
    readonly verified: { readonly done: number; readonly of: number };
  };
  /** Names of the run's records in the new home. */
  readonly records: { readonly report: string; readonly receipt: string; readonly log: string };
  /** What the package finds without being told. */
  readonly defaultTarget: string;
  readonly home: string;
}

/** The end of a guided migration: what became of everything, where the records are, and what to type next. */
export function guidedSummary(end: GuidedEnd): string[] {
  const { content, checks, complete, backup, records, home, defaultTarget } = end;
  const { counts } = content;
  const all = end.times.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const remarks = checks.filter(({ status }) => status !== 'ok');
  const place = shellPath(content.target, home);
  const target = content.target === defaultTarget ? '' : ` --target ${place}`;
  const inHome = (rel: string) => `${shortPath(content.target, home)}/${rel}`;
  const patches = content.ledger.filter(({ fate }) => fate === 'patch').length;
  return [
    '',
    complete ? 'Complete' : 'Moved, not yet usable',
    ...(complete ? [] : [whyNotUsable(content.package)]),
    '',
    'Summary',
    ...facts([
      ['Duration', `${durationInWords(all)} of work: ${timesInWords(end.times)}`],
      ['Projects', `${counts.project.inEffect} of ${counts.project.total} in effect`],
      [
        'Settings',
        `${counts.key.inEffect} of ${counts.key.total} in effect, ${counts.key.notInEffect} kept but unused`,
      ],
      [
        'Secrets',
        `${counts.secret.inEffect} in effect, ${counts.secret.notInEffect} kept but unused, all encrypted`,
      ],
      ['Own files', `${counts.file.inEffect} of ${counts.file.total} in effect`],
      ['Patches', patches === 0 ? 'none' : `${patches} not in effect: migration-agent patches`],
      [
        'Integrity',
        `backup ${backup.verified.done} of ${backup.verified.of} verified, checks ${checks.length - remarks.length} of ${checks.length} without a remark`,
      ],
      [
        'Backup',
        `${shortPath(backup.path, home)}, ${counted(backup.files, 'file')}, ${bytesInWords(backup.bytes)}`,
      ],
      ['Report', inHome(records.report)],
      ['Log', inHome(records.log)],
      ['Receipt', inHome(records.receipt)],
      ['Rollback', `available: migration-agent restore-migration-backup${target}`],
    ]),
    '',
    ...(remarks.length === 0
      ? []
      : [
          'Remarks of the checks',
          ...shortList(remarks.map(({ name, reason }) => `${name}: ${reason ?? ''}`)),
          '',
        ]),
    ...needsYouLines(content.ledger),
    'Next steps',
    ...nextSteps({ content, defaultTarget, home }).map((line, index) => `  ${index + 1}. ${line}`),
    ...projectTests(content),
  ];
}

function projectTests({ ledger }: PlanContent): string[] {
  const names = ledger.flatMap(({ kind, item }) => (kind === 'project' ? [item] : []));
  if (names.length === 0) return [];
  return [
    '  Then try each project once, in its Discord channel:',
    ...shortList(names, 12).map((line) => `  ${line}`),
  ];
}

function timesInWords(times: GuidedEnd['times']): string {
  return STAGES.flatMap(({ name }) => {
    const time = times.find(({ stage }) => stage === name);
    return time === undefined ? [] : [`${name} ${durationInWords(time.milliseconds)}`];
  }).join(', ');
}
