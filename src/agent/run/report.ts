import { safeText } from '../../shared/safe-text.ts';
import { bytesInWords, counted } from '../../shared/words.ts';
import type { CheckResult } from '../checks/check.ts';
import { FATES, type ItemKind, type LedgerRow } from '../plan/ledger.ts';
import type { PlanContent } from '../plan/plan.ts';
import { isUsable } from '../survey/package-probe.ts';

const SECTIONS: readonly { kind: ItemKind; title: string }[] = [
  { kind: 'project', title: 'Projects' },
  { kind: 'secret', title: 'Secrets' },
  { kind: 'key', title: 'Settings' },
  { kind: 'file', title: 'Files' },
];

/** The whole result as Markdown, for the person to keep: every item with its fate, every check with its figure. */
export function renderReport(
  content: PlanContent,
  checks: readonly CheckResult[],
  backup: { readonly path: string; readonly files: number; readonly bytes: number },
): string {
  const verdict = isUsable(content.package) ? 'Complete' : 'Moved, not yet usable';
  return [
    `# Migration report: ${verdict}`,
    '',
    `- From: ${safeText(content.source)}`,
    `- To: ${safeText(content.target)}`,
    `- Planned: ${content.created}`,
    `- Backup: ${safeText(backup.path)} (${counted(backup.files, 'file')}, ${bytesInWords(backup.bytes)})`,
    `- Profile: ${content.profile.reason}`,
    '',
    '## Checks',
    '',
    '| check | result | figure | remark |',
    '|---|---|---|---|',
    ...checks.map(
      (check) =>
        `| ${check.name} | ${check.status} | ${check.done} of ${check.of} ${check.unit} | ${cell(check.reason)} |`,
    ),
    '',
    ...SECTIONS.flatMap(({ kind, title }) => section(content, kind, title)),
    '',
  ].join('\n');
}

function section(content: PlanContent, kind: ItemKind, title: string): string[] {
  const rows = content.ledger.filter((row) => row.kind === kind);
  const count = content.counts[kind];
  return [
    `## ${title}`,
    '',
    `${count.total} in all: ${count.inEffect} in effect, ${count.notInEffect} kept and not in effect, ${count.left} left in the clone or dropped, ${count.needsYou} need you.`,
    '',
    ...(rows.length === 0
      ? []
      : ['| item | fate | where | remark |', '|---|---|---|---|', ...rows.map(line), '']),
  ];
}

function line(row: LedgerRow): string {
  return `| ${cell(row.item)} | ${FATES[row.fate].words} | ${cell(row.to)} | ${cell(row.note)} |`;
}

/** Text that a file name or a setting may have shaped: on one line, without breaking the table. */
function cell(text: string | undefined): string {
  return safeText(text ?? '', 200).replaceAll('|', '\\|');
}
