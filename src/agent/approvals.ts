import { type ApprovedWrite, refuseApproval } from '../protocol/approval.ts';
import type { Digest } from '../protocol/digest.ts';
import type { JobRun } from '../protocol/messages.ts';
import type { RejectCode, Result } from '../protocol/reject-codes.ts';
import { reject } from '../protocol/reject-codes.ts';
import type { PlanRecord, StoredPlans } from './jobs/stored-plans.ts';
import { whyReadOnly } from './roots.ts';
import type { ReadSystem } from './system.ts';

/** Jobs that write: each carries the press that approved it. */
export type WriteJob = Extract<JobRun, { readonly approval: unknown }>;

export interface ApprovalWork extends Pick<ApprovedWrite, 'approvers' | 'clocks'> {
  readonly system: ReadSystem;
  readonly plans: StoredPlans;
  isPlanUsed(plan: Digest): boolean;
  isInteractionUsed(interaction: string): boolean;
  /** The plan that a run was started with; undefined for runs that Discord did not start. */
  planOfRun(run: string): PlanRecord | undefined;
}

/**
 * Whether the owner approved exactly this write, and whether it can still be done as it was shown (channel.md §6): the
 * actor is pinned, the press is fresh, unused and of this plan; the plan is known, for this type of job, young, unused,
 * its bytes are what the digest says, and nothing that it was made from has changed.
 */
export function checkApproval(job: WriteJob, work: ApprovalWork): Result<{ readonly plan: PlanRecord }> {
  const plan = planFor(job, work);
  const { approval, actor, type } = job;
  const refused = refuseApproval(approval, {
    actor,
    jobType: type,
    plan: { digest: plan?.digest ?? approval.plan, jobType: jobTypeOf(job, plan) },
    approvers: work.approvers,
    clocks: work.clocks,
    isUsed: (interaction) => work.isInteractionUsed(interaction),
  });
  if (refused !== undefined) return reject(refused);
  if (plan === undefined) return reject('PLAN_UNKNOWN');
  const late = isNewPlan(job) ? refusePlan(plan, work) : undefined;
  if (late !== undefined) return reject(late);
  return whyReadOnly(work.system, plan.writes) === undefined ? { ok: true, plan } : reject('READ_ONLY');
}

function isNewPlan(job: WriteJob): job is Extract<WriteJob, { readonly type: 'apply' | 'rollback' }> {
  return job.type === 'apply' || job.type === 'rollback';
}

function planFor(job: WriteJob, { plans, planOfRun }: ApprovalWork): PlanRecord | undefined {
  return isNewPlan(job) ? plans.find(job.params.plan)?.record : planOfRun(job.params.run);
}

/** A run that is gone on with or taken back was approved as what it is: its own type of job. */
function jobTypeOf(job: WriteJob, plan: PlanRecord | undefined): string {
  return isNewPlan(job) ? (plan?.type ?? job.type) : job.type;
}

function refusePlan(plan: PlanRecord, { plans, clocks, isPlanUsed }: ApprovalWork): RejectCode | undefined {
  if (isPlanUsed(plan.digest)) return 'APPROVAL_REUSED';
  if (clocks.some((clock) => clock.getTime() > Date.parse(plan.expires))) return 'PLAN_EXPIRED';
  return plans.changes(plan.digest).next().done === true ? undefined : 'PLAN_STALE';
}
