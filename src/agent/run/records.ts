import { join, parse } from 'node:path';
import { compactTime } from '../../shared/ids.ts';
import type { CheckResult } from '../checks/check.ts';
import { makeFolders, writeNewFile } from '../files.ts';
import { renderReport } from './report.ts';
import type { StepWork } from './step.ts';

/** Writes the run's log, report, ledger and receipt into staging; none of them holds a secret. */
export function stageRecords(work: StepWork, checks: readonly CheckResult[]): void {
  const { system, recordFolders, record, content, journal } = work;
  const logs = join(recordFolders.staging, 'logs');
  const migration = join(recordFolders.staging, 'migration');
  makeFolders(system, logs);
  makeFolders(system, migration);
  const stamp = compactTime(new Date(record.started));
  const backup = work.evidence('make-backup') as { id: string; path: string; files: number; bytes: number };
  const report = renderReport(content, checks, backup);
  writeNewFile(system, join(logs, `migration-${stamp}.log`), logText(work));
  writeNewFile(system, join(logs, `migration-${stamp}.report.md`), report);
  const place = (name: string) => join(migration, freeName(work, name, stamp));
  writeNewFile(system, place('report.md'), report);
  writeNewFile(
    system,
    place('ledger.json'),
    json({ schema: 'awm/ledger/1', run: record.id, counts: content.counts, rows: content.ledger }),
  );
  const receipt = {
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
    decisions: content.decisions.answered,
    backup,
    checks,
    records: journal.entries.length,
  };
  writeNewFile(system, place('receipt.json'), json(receipt));
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

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
