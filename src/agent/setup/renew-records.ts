import { join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { AgentHome } from '../agent-home.ts';
import type { CheckResult } from '../checks/check.ts';
import { writeFileAtomic } from '../files.ts';
import type { PlanContent } from '../plan/plan.ts';
import { hashOf } from '../receipt/file-hashes.ts';
import { readReceipt } from '../receipt/read-receipt.ts';
import { type Receipt, signReceipt } from '../receipt/receipt.ts';
import { loadReceiptKey } from '../receipt/receipt-key.ts';
import { rememberAlso } from '../rollback/newer-work.ts';
import { evidenceOf } from '../run/journal.ts';
import { json, type RecordNames } from '../run/records.ts';
import { renderReport } from '../run/report.ts';
import type { Run } from '../run/run-record.ts';
import type { System } from '../system.ts';

/**
 * The report and the receipt say what the package is now. Only where both are as the run wrote them: a person's notes in
 * the report stay, and a receipt that was changed is signed by nobody again.
 */
export function renewRecords(
  system: System,
  home: AgentHome,
  { record: { target }, entries, folder }: Pick<Run, 'record' | 'entries' | 'folder'>,
  content: PlanContent,
  checks: readonly CheckResult[],
): void {
  const names = evidenceOf(entries, 'stage-records') as unknown as RecordNames | null | undefined;
  const key = loadReceiptKey(system, home);
  const at = (rel: string) => join(target, rel);
  const receipt = names == null || key === undefined ? undefined : ifProven(system, at(names.receipt), key);
  if (names == null || key === undefined || receipt === undefined) return;
  const report = hashOf(system, at(names.report), names.report, undefined);
  const isOurs = receipt.after.some(({ path, sha256 }) => path === report.path && sha256 === report.sha256);
  if (!isOurs) return;
  const text = renderReport(content, checks, receipt.backup);
  writeFileAtomic(system, at(names.report), text);
  writeFileAtomic(system, at(names.reportOfRun), text);
  const { signature: _, ...signed } = receipt;
  const renewed: Omit<Receipt, 'signature'> = {
    ...signed,
    finished: system.now().toISOString(),
    package: content.package,
    checks,
    after: [
      ...receipt.after.filter(({ path }) => path !== names.report),
      hashOf(system, at(names.report), names.report, undefined),
    ],
  };
  writeFileAtomic(system, at(names.receipt), json(signReceipt(renewed, key)));
  rememberAlso(system, folder, target, [names.report, names.reportOfRun, names.receipt]);
}

function ifProven(system: System, path: string, key: Parameters<typeof readReceipt>[2]): Receipt | undefined {
  try {
    return readReceipt(system, path, key);
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}
