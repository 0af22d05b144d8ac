import { safeText } from '../../shared/safe-text.ts';
import { bytesInWords, counted } from '../../shared/words.ts';
import type { CheckResult } from '../checks/check.ts';
import { rotationOf } from '../credentials/rotation.ts';
import { kindOfSecret } from '../credentials/secret-kinds.ts';
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
    ...advice(content.advice),
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
    ...rotationSection(content),
    '',
  ].join('\n');
}

/** By provider, where to make the secrets anew; only their names in the store. */
function rotationSection({ actions, ledger }: PlanContent): string[] {
  const stated = new Map(actions.flatMap(({ what, provider }) => (provider ? [[what, provider]] : [])));
  const names = new Set(
    ledger.flatMap(({ kind, to }) =>
      kind === 'secret' && to !== undefined ? [to.slice(to.indexOf('#') + 1)] : [],
    ),
  );
  if (names.size === 0) return [];
  const providers = Map.groupBy([...names].sort(), (name) => stated.get(name) ?? kindOfSecret(name).provider);
  return [
    '## Make new keys',
    '',
    'The old files still hold these secrets in clear text, and so may copies of them. Once everything works, make each anew, one provider at a time, put it into the new home, try it, and only then remove the old one.',
    '',
    '| provider | secrets | where and how |',
    '|---|---|---|',
    ...[...providers].map(([provider, owned]) => {
      const { title, how } = rotationOf(provider);
      return `| ${cell(title)} | ${cell(owned.join(', '), 2000)} | ${cell(how, 400)} |`;
    }),
    '',
  ];
}

function advice({ recommendation, stops }: PlanContent['advice']): string[] {
  if (stops.length === 0) return [];
  return [
    '## Advice',
    '',
    `The advice was: ${recommendation}. With the package as it was installed this stops working:`,
    '',
    ...stops.map(({ what, why, instead }) => `- ${what}: ${[why, instead].filter(Boolean).join(' ')}`),
    '',
  ];
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
function cell(text: string | undefined, most = 200): string {
  return safeText(text ?? '', most).replaceAll('|', '\\|');
}
