import type { PausedRun } from '../../protocol/facts.ts';
import type { VerifyReport } from '../backup/verify.ts';
import type { LedgerCounts } from '../plan/ledger.ts';
import { heldBack } from '../run/held-back.ts';
import { evidenceOf } from '../run/journal.ts';
import { readBack } from '../run/migration-steps.ts';
import type { Run } from '../run/run-record.ts';
import { checksFromJson } from '../run/step.ts';
import { workedMs } from '../run/worked.ts';
import { backupNumber } from './backup-numbers.ts';
import type { JobWork } from './job.ts';
import { ledgerFacts } from './ledger-facts.ts';

/** What is behind a run that waits, out of its journal, so that it can be told again after any restart. */
export function pausedRun(
  work: Pick<JobWork, 'system' | 'settings'>,
  run: Run,
  counts: LedgerCounts,
): PausedRun {
  const { record, state, entries } = run;
  const { paused } = state;
  if (paused === undefined || paused === 'finalize') throw new Error(`run ${record.id} does not wait`);
  const backup = backupFacts(work, entries);
  const prepared = preparedFacts(entries);
  const { lines, timers } = heldBack(work.system, run);
  const isHolding = lines.length + timers.length > 0;
  return {
    run: record.id,
    outcome: 'paused',
    after: paused,
    milliseconds: workedMs(entries),
    ledger: ledgerFacts(counts),
    checks: checksFromJson(evidenceOf(entries, 'check-staged')).map(({ name, status, done, of }) => ({
      name,
      status,
      done,
      of,
    })),
    ...(backup === undefined ? {} : { backup }),
    ...(prepared === undefined ? {} : { prepared }),
    ...(isHolding ? { held_back: { cron_lines: lines.length, timers: timers.length } } : {}),
  };
}

function backupFacts(
  work: Pick<JobWork, 'system' | 'settings'>,
  entries: Run['entries'],
): PausedRun['backup'] | undefined {
  const made = evidenceOf(entries, 'make-backup') as
    | { readonly id: string; readonly files: number; readonly bytes: number }
    | undefined;
  const report = evidenceOf(entries, 'verify-backup') as unknown as VerifyReport | undefined;
  if (made === undefined || report === undefined) return undefined;
  const { id, files, bytes } = made;
  return { backup: backupNumber(work, id), files, bytes, verified: readBack(report) };
}

function preparedFacts(entries: Run['entries']): PausedRun['prepared'] | undefined {
  const config = evidenceOf(entries, 'stage-config') as { readonly files: number } | undefined;
  const credentials = evidenceOf(entries, 'stage-credentials') as { readonly secrets: number } | undefined;
  const registry = evidenceOf(entries, 'stage-registry') as { readonly projects: number } | undefined;
  if (config === undefined || credentials === undefined || registry === undefined) return undefined;
  return { files: config.files, secrets: credentials.secrets, projects: registry.projects };
}
