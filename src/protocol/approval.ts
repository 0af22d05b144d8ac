import { type Actor, type Approvers, refuseActor, snowflakeTime } from './actor.ts';
import type { Digest } from './digest.ts';
import { TIMES } from './limits.ts';
import type { RejectCode } from './reject-codes.ts';
import { digest, object, snowflake, type TypeOf, time } from './schema.ts';

/** The press of "Approve" under one plan. */
export const APPROVAL = object({
  user: snowflake,
  guild: snowflake,
  interaction: snowflake,
  /** The message that showed the plan. */
  message: snowflake,
  /** Digest of the plan that was shown. Of a resumed or undone run: of the run's plan. */
  plan: digest,
  /** When the bot received the press, seconds. */
  at: time,
});
export type Approval = TypeOf<typeof APPROVAL>;

/** What the agent knows of the write that is asked for. */
export interface ApprovedWrite {
  readonly actor: Actor;
  readonly jobType: string;
  /** The plan on its disk: its digest, and the type of job that it says it is for. */
  readonly plan: { readonly digest: Digest; readonly jobType: string };
  readonly approvers: Approvers;
  /** Local time and hub time; the press must be fresh by both. */
  readonly clocks: readonly Date[];
  /** Whether an interaction approved something before, ever. */
  readonly isUsed: (interaction: string) => boolean;
}

/**
 * Why a press does not approve this write; undefined if it does. A press counts for ten minutes by its snowflake, which
 * the bot cannot choose freely, and by `at`, on both clocks; once; for the plan and the type of job it was shown with.
 */
export function refuseApproval(approval: Approval, write: ApprovedWrite): RejectCode | undefined {
  const refused = refuseActor(approval, write.approvers);
  if (refused !== undefined) return refused;
  if (approval.user !== write.actor.user || approval.guild !== write.actor.guild) return 'NOT_APPROVER';
  if (approval.plan !== write.plan.digest || write.plan.jobType !== write.jobType) return 'APPROVAL_REUSED';
  if (write.isUsed(approval.interaction)) return 'APPROVAL_REUSED';
  const ages = write.clocks.flatMap((clock) =>
    [snowflakeTime(approval.interaction), approval.at * 1000].map((at) => (clock.getTime() - at) / 1000),
  );
  if (ages.some((age) => age > TIMES.approvalAgeS)) return 'EXPIRED';
  return ages.some((age) => age < -TIMES.aheadS) ? 'CLOCK_SKEW' : undefined;
}
