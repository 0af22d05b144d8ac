import { join, parse } from 'node:path';
import { compactTime } from '../../shared/ids.ts';
import type { CheckResult } from '../checks/check.ts';
import { makeFolders, writeNewFile } from '../files.ts';
import { hashesBefore, hashOf, homeHashes } from '../receipt/file-hashes.ts';
import { type FileHash, type Receipt, type ReceiptBackup, signReceipt } from '../receipt/receipt.ts';
import { loadOrCreateReceiptKey } from '../receipt/receipt-key.ts';
import { keyOf } from '../survey/inventory.ts';
import { readPlacedList } from './placed-list.ts';
import { renderReport } from './report.ts';
import type { StepWork } from './step.ts';

/** Paths of a run's records in the new home. */
export interface RecordNames {
  readonly report: string;
  readonly ledger: string;
  readonly receipt: string;
  /** The same report beside the logs. */
  readonly reportOfRun: string;
}

/** Writes the run's log, report, ledger and signed receipt into staging; none of them holds a secret. */
export function stageRecords(work: StepWork, checks: readonly CheckResult[]): RecordNames {
  const { system, recordFolders, record, content, journal } = work;
  const { staging } = recordFolders;
  makeFolders(system, join(staging, 'logs'));
  makeFolders(system, join(staging, 'migration'));
  const stamp = compactTime(new Date(record.started));
  const backup = work.evidence('make-backup') as unknown as ReceiptBackup;
  const names: RecordNames = {
    report: `migration/${freeName(work, 'report.md', stamp)}`,
    ledger: `migration/${freeName(work, 'ledger.json', stamp)}`,
    receipt: `migration/${freeName(work, 'receipt.json', stamp)}`,
    reportOfRun: `logs/migration-${stamp}.report.md`,
  };
  const write = (rel: string, text: string) => writeNewFile(system, join(staging, rel), text);
  const report = renderReport(content, checks, backup);
  write(`logs/migration-${stamp}.log`, logText(work));
  write(names.reportOfRun, report);
  write(names.report, report);
  const ledger = { schema: 'awm/ledger/1', run: record.id, counts: content.counts, rows: content.ledger };
  write(names.ledger, json(ledger));
  const key = loadOrCreateReceiptKey(system, work.home);
  const receipt: Omit<Receipt, 'signature'> = {
    schema: 'awm/receipt/1',
    run: record.id,
    started: record.started,
    finished: system.now().toISOString(),
    tool: record.tool,
    source: content.source,
    target: content.target,
    plan: record.migrate?.planDigest,
    fingerprint: content.fingerprint,
    rules: content.rules,
    decisions: {
      answered: content.decisions.answered,
      safe: content.decisions.safe.map(({ id }) => id),
    },
    package: content.package,
    backup: { id: backup.id, path: backup.path, files: backup.files, bytes: backup.bytes },
    checks,
    records: journal.entries.length,
    before: hashesBefore(system, backup.path, content, key.hashKey),
    after: hashesAfter(work, names, key.hashKey),
  };
  write(names.receipt, json(signReceipt(receipt, key)));
  return names;
}

/** The home as it is with these records in their places. */
function hashesAfter(work: StepWork, names: RecordNames, hashKey: Buffer): FileHash[] {
  const { system, folder, record, recordFolders } = work;
  const placed = readPlacedList(system, folder, 'place');
  const home = homeHashes(system, record.target, hashKey, (rel) => placed?.has(keyOf(rel)) === true);
  const ours = [names.report, names.ledger].map((rel) =>
    hashOf(system, join(recordFolders.staging, rel), rel, undefined),
  );
  const paths = new Set(ours.map(({ path }) => path));
  return [...home.filter(({ path }) => !paths.has(path)), ...ours];
}

/** Records of an earlier run are replaced, since the backup has them; what is no readable file is in no backup. */
function freeName({ system, record }: StepWork, name: string, stamp: string): string {
  const there = join(record.target, 'migration', name);
  const stat = system.lstat(there);
  if (stat === undefined || (stat.kind === 'file' && system.canRead(there))) return name;
  const { name: base, ext } = parse(name);
  return `${base}-${stamp}${ext}`;
}

/** One line for each journal record: what was announced and what was done, in order. */
function logText({ journal, record }: StepWork): string {
  const lines = journal.entries.map((entry) => {
    const step = 'step' in entry ? ` ${entry.step}` : '';
    return `${entry.at} ${entry.type}${step}`;
  });
  return `${[`migration ${record.id} to ${record.target}`, ...lines].join('\n')}\n`;
}

/** As all records are written. */
export function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
