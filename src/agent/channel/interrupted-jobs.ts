import type { DurableEvent } from '../../protocol/messages.ts';
import { pausedRun } from '../jobs/paused-run.ts';
import { phaseOf } from '../jobs/run-facts.ts';
import type { StoredPlans } from '../jobs/stored-plans.ts';
import { runOfJob } from '../jobs/unfinished.ts';
import { loadPlan, type Run } from '../run/run-record.ts';
import type { AgentSettings } from '../settings.ts';
import type { System } from '../system.ts';
import type { AuditLog } from './audit.ts';
import type { CommandLedger, LedgerRecord } from './command-ledger.ts';
import type { Events } from './events.ts';
import type { Notices } from './local-notice.ts';
import type { Spool } from './spool.ts';

export interface InterruptedParts {
  readonly system: System;
  readonly settings: AgentSettings;
  readonly plans: StoredPlans;
  readonly ledger: CommandLedger;
  readonly spool: Spool;
  readonly events: Events;
  readonly audit: AuditLog;
  readonly notices: Notices;
}

/**
 * Tells of the jobs that were running when the process ended last. They are never run again by themselves: the person
 * chooses what comes next.
 */
export function tellInterrupted(parts: InterruptedParts): void {
  const { system, settings, plans, ledger, spool, events, audit, notices } = parts;
  for (const record of ledger.accepted) {
    const { job, type = 'job' } = record;
    if (job === undefined) continue;
    const last = spool.newestOf(job)?.t;
    // An old job whose events are forgotten came to its end, or it would still be among those to be sent.
    if (last === undefined && record.seq < ledger.last) continue;
    if (last !== undefined && last !== 'job.accepted') continue;
    const run = runOfJob(system, settings.home, plans, record);
    if (last === undefined) events.emit({ t: 'job.accepted', body: { job } });
    const paused = run && pausedEnd(parts, record, job, run);
    const where = run === undefined ? {} : { run: run.record.id, ...phaseOf(run) };
    const decision = paused === undefined ? 'interrupted' : 'paused';
    events.emit(paused ?? { t: 'job.interrupted', body: { job, ...where } });
    audit.add({ what: 'job-ended', decision, job });
    notices.notice(
      paused === undefined
        ? `${type}: interrupted, since the agent ended while it ran`
        : `${type}: paused, as it was told to`,
    );
  }
}

/** A job whose run waits as it was told to has ended, although the process ended before it could say so. */
function pausedEnd(
  { system, settings, audit }: InterruptedParts,
  { type }: LedgerRecord,
  job: string,
  run: Run,
): DurableEvent | undefined {
  const content = loadPlan(system, run);
  if (run.state.paused === undefined || content === undefined) return undefined;
  if (type !== 'apply' && type !== 'resume') return undefined;
  const result = pausedRun({ system, settings }, run, content.counts);
  return { t: 'job.done', body: { job, type, result, audit: audit.head } };
}
