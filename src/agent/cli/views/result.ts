import { durationInWords } from '../../../shared/words.ts';
import type { CheckResult } from '../../checks/check.ts';
import { shellPath, shortPath } from '../../paths.ts';
import type { PlanContent } from '../../plan/plan.ts';
import type { PackageProbe } from '../../survey/package-probe.ts';
import { needsYouLines } from './needs-you.ts';
import { countLines } from './plan.ts';
import { facts } from './table.ts';

export interface FinishedRun {
  readonly content: PlanContent;
  readonly checks: readonly CheckResult[];
  /** Path of the backup. */
  readonly backup: string;
  readonly complete: boolean;
  /** ms */
  readonly elapsed: number;
  /** What the package finds without being told; undefined where it has to be told. */
  readonly defaultTarget: string;
  readonly home: string;
}

/** The result of a migration for people: the verdict first, then what needs them, then what to type next. */
export function resultLines(run: FinishedRun): string[] {
  const { content, checks, home } = run;
  const remarks = checks.filter(({ status }) => status !== 'ok');
  return [
    '',
    `${run.complete ? 'Complete' : 'Moved, not yet usable'}, in ${durationInWords(run.elapsed)}.`,
    ...(run.complete ? [] : [whyNotUsable(content.package)]),
    '',
    ...countLines(content),
    '',
    ...facts([
      ['Checks', `${checks.length - remarks.length} of ${checks.length} without a remark`],
      ['Backup', `${shortPath(run.backup, home)}, verified`],
      ['Report', `${shortPath(content.target, home)}/migration/report.md`],
    ]),
    '',
    ...needsYouLines(content.ledger),
    ...remarks.map((check) => `  ${check.status}: ${check.name}: ${check.reason ?? ''}`),
    ...(remarks.length === 0 ? [] : ['']),
    'Next',
    ...nextSteps(run).map((line) => `  ${line}`),
  ];
}

/** Why the result is "Moved, not yet usable". */
export function whyNotUsable(probe: PackageProbe): string {
  if (!probe.installed)
    return 'Everything is in its place, but the package that would use it is not installed.';
  const reads = probe.readsStore === 'no' ? 'does not read' : 'may not read';
  return `The installed package ${reads} the stored secrets by itself: start it as said below.`;
}

/** What to type next, in order. */
export function nextSteps({
  content,
  defaultTarget,
  home,
}: Pick<FinishedRun, 'content' | 'defaultTarget' | 'home'>): string[] {
  const elsewhere = content.target !== defaultTarget;
  const place = shellPath(content.target, home);
  const target = elsewhere ? ` --target ${place}` : '';
  const variable = elsewhere ? `AGENT_WORKFLOW_CONFIG_DIR=${place} ` : '';
  return [
    ...(content.package.installed
      ? []
      : ['pipx install agent-workflow   (the package is not installed here)']),
    `${variable}agent-orch status`,
    `${variable}migration-agent exec${target} -- agent-orch start --discord   (with the stored secrets in its environment)`,
    `migration-agent restore-migration-backup${target} --dry-run   (what taking it back would do)`,
    'Keep the old folder; after 7 days without use `migration-agent retire` moves it aside, and nothing is deleted.',
  ];
}
