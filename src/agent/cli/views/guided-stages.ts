import { safeText } from '../../../shared/safe-text.ts';
import { STAGES, type StageName } from '../../../shared/stages.ts';
import { bytesInWords, counted } from '../../../shared/words.ts';
import type { Manifest } from '../../backup/format.ts';
import type { VerifyReport } from '../../backup/verify.ts';
import type { CheckResult } from '../../checks/check.ts';
import { shortPath } from '../../paths.ts';
import type { PlanContent } from '../../plan/plan.ts';
import { readBack } from '../../run/migration-steps.ts';
import { checkLines } from './checks.ts';
import { facts, shortList } from './table.ts';

/** The long names of the phases, as the terminal shows them. */
const TITLES: Readonly<Record<StageName, string>> = {
  Analysis: 'Analysis and plan',
  Backup: 'Safety backup',
  Conversion: 'Conversion of the configuration',
  Validation: 'Validation',
  'Final setup': 'Final setup',
};

export function stageTitle(name: StageName): string {
  const number = STAGES.findIndex((stage) => stage.name === name) + 1;
  return `Phase ${number} of ${STAGES.length}: ${TITLES[name]}`;
}

export function stageHeading(name: StageName): string[] {
  const title = stageTitle(name);
  return [title, '─'.repeat(title.length)];
}

const BAR = 24;

/** `[######------------------]  25%  12 of 48 files, 1.2 MB` */
export function progressBar(n: number, of: number, bytes: number): string {
  const share = of === 0 ? 1 : Math.min(1, n / of);
  const full = Math.floor(share * BAR);
  const percent = String(Math.floor(share * 100)).padStart(3);
  return `  [${'#'.repeat(full)}${'-'.repeat(BAR - full)}] ${percent}%  ${n} of ${of} files, ${bytesInWords(bytes)}`;
}

const CATEGORIES = {
  config: 'Configuration',
  projects: 'Registered projects',
  state: 'State of the projects',
  logs: 'Logs',
  custom: 'Your own files',
} as const;

/** What the backup holds, that every byte of it was read back, and that its key opens it. */
export function backupLines(
  manifest: Pick<Manifest, 'categories' | 'counts'>,
  path: string,
  report: VerifyReport,
  home: string,
): string[] {
  const { done, of } = readBack(report);
  const key = report.checks.find(({ name }) => name === 'credential_encryption');
  const rows = Object.entries(CATEGORIES).flatMap(([category, title]) => {
    const count = manifest.categories[category as keyof typeof CATEGORIES];
    return count === undefined || count.files === 0
      ? []
      : [[title, `${counted(count.files, 'file')}, ${bytesInWords(count.bytes)}`] as const];
  });
  return facts([
    ...rows,
    ['Encrypted', counted(manifest.counts.sealed, 'file')],
    ['Verified', `${done} of ${of} files read back and equal`],
    [
      'Key',
      key === undefined || key.status === 'skipped'
        ? 'nothing had to be encrypted'
        : `proven: it opened ${key.done} of ${key.of}`,
    ],
    ['Without this program', 'restore.sh in the backup gives everything back'],
    ['Place', shortPath(path, home)],
  ]);
}

/** What was prepared, by name; nothing of it is in its place yet. */
export function conversionLines(content: PlanContent): string[] {
  const { actions, counts } = content;
  const of = (phase: string) => actions.filter((action) => action.phase === phase);
  const unused = counts.key.notInEffect;
  return [
    '  Settings and files',
    ...indented(
      shortList(of('convert').map(({ what, from }) => (from === undefined ? what : `${what}, from ${from}`))),
    ),
    ...(content.profile.reason === '' ? [] : [`    - profile: ${safeText(content.profile.reason, 200)}`]),
    `    - ${counts.key.inEffect} of ${counted(counts.key.total, 'setting')} in effect${unused === 0 ? '' : `, ${unused} kept, not in effect`}`,
    '  Secrets, encrypted, by name',
    ...named(
      of('credentials').map(
        ({ what, provider }) => `${what}${provider === undefined ? '' : ` (${provider})`}`,
      ),
    ),
    '  Projects',
    ...named(of('register').map(({ what }) => what)),
  ];
}

export function validationLines(checks: readonly CheckResult[]): string[] {
  return checkLines(checks);
}

function named(items: readonly string[]): string[] {
  return items.length === 0 ? ['    - nothing new'] : indented(shortList(items, 12));
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
