/**
 * What a press on Approve leads to (channel.md §6): one plan, one kind of job, one person, one message, once. The agent
 * checks all of it again; nothing here can make it do what it would not.
 */
import { snowflakeTime } from '../src/protocol/actor.ts';
import { newJobId } from '../src/protocol/ids.ts';
import { CARRIED_OUT_BY, JOBS } from '../src/protocol/jobs.ts';
import { TIMES } from '../src/protocol/limits.ts';
import { COMMANDS, isMessageOf } from '../src/protocol/messages.ts';
import { AppError } from '../src/shared/errors.ts';
import { findPlan, runOfPlan } from './approved-plan.ts';
import { AgentGone } from './command-queue.ts';
import { refuseForLoad } from './job-load.ts';
import { createJob, rejectJob, scopeOf, travelling } from './job-records.ts';
import type { JobsDeps } from './jobs.ts';
import type { Actor, ApprovalSlot, Jobs, JobType, Owner } from './services.ts';
import type { Agent } from './store/records/agents.ts';
import type { Approval } from './store/records/approvals.ts';
import type { Job as JobRow } from './store/records/jobs.ts';
import type { Tables } from './store/records/records.ts';

/** Gives the transaction up: what was used in it is not. */
class NotApproved extends Error {
  readonly answer: 'again' | 'stale';

  constructor(answer: 'again' | 'stale') {
    super(answer);
    this.answer = answer;
  }
}

type Params = Readonly<Record<string, string>>;

/** Jobs that carry a plan out, and so use it up; the others go on with a run that did. */
const CARRYING: readonly string[] = Object.values(CARRIED_OUT_BY);

function isCarrying(type: string): boolean {
  return CARRYING.includes(type);
}

export function createApprovals(deps: JobsDeps): Pick<Jobs, 'offerApproval' | 'approve'> {
  const { records, audit, queue, changes, bus, clock } = deps;

  return {
    async offerApproval(owner, machine, type, plan, message, pauseAfter) {
      const agent = await records.agents.find(machine, scopeOf(owner));
      if (agent?.state !== 'active') throw new AppError('NOT_APPROVER');
      if (
        JOBS[type].class === 'read' ||
        (await paramsOf(records, owner, agent, { jobType: type, plan })) === undefined
      )
        throw new AppError('PLAN_UNKNOWN');
      const { guild, user } = owner;
      const slot = await records.approvals.create({
        guild,
        user,
        agent: machine,
        jobType: type,
        plan,
        pauseAfter,
      });
      await records.approvals.attach(slot, message);
      return { id: slot.id, plan, job: type, machine } satisfies ApprovalSlot;
    },

    async approve(actor, id, message) {
      const slot = await records.approvals.find(id, actor);
      const agent = slot && (await records.agents.find(slot.agent, scopeOf(actor)));
      if (slot?.message !== message || agent?.state !== 'active') return 'gone';
      if (slot.usedAt !== null) return 'again';
      if (isOld(actor, clock.now().getTime())) return 'stale';
      const params = await paramsOf(records, actor, agent, slot);
      if (params === undefined) {
        const detail = 'the stored bytes are not those that the approval is for';
        await audit.alarm(records, { name: 'wrong-plan', guild: agent.guild, agent: agent.id, detail });
        return 'stale';
      }
      try {
        const { job, isNew } = await records.transaction((tables) =>
          carryOut(tables, actor, { ...slot, message }, agent, params),
        );
        if (isNew) await bus.publish('outbox.new', { agent: agent.id });
        changes.tell(job);
        return changes.view(job);
      } catch (error) {
        if (error instanceof NotApproved) return error.answer;
        if (error instanceof AgentGone) return 'gone';
        throw error;
      }
    },
  };

  async function carryOut(
    tables: Tables,
    actor: Actor,
    slot: Approval & { readonly message: string },
    agent: Agent,
    params: Params,
  ): Promise<{ readonly job: JobRow; readonly isNew: boolean }> {
    const type = slot.jobType as JobType;
    const { plan, message } = slot;
    const now = clock.now();
    if (await isUsed(tables, actor, slot)) throw new NotApproved('again');
    const id = newJobId(now);
    const job = await createJob(tables, id, agent, type, actor, plan);
    const busy = await refuseForLoad(tables, {
      agent: agent.id,
      job: id,
      type,
      queue,
      presence: deps.presenceOf(agent.id),
      now: now.getTime(),
    });
    // The approval is not used up: the person may press again when the machine is free.
    if (busy !== undefined) return { job: await rejectJob(tables, job, busy), isNew: false };
    const { interaction, user, guild } = actor;
    if (!(await tables.approvals.use(slot.id, { interaction, message, user, guild })))
      throw new NotApproved('again');
    if (isCarrying(type)) await usePlan(tables, actor, plan, agent.id, id, now.getTime());
    const approval = { ...travelling(actor), message, plan };
    const command = { t: 'job.run', body: { job: id, type, params, actor: travelling(actor), approval } };
    if (!isMessageOf(COMMANDS, command)) throw new Error(`the approved ${type} is not of its form`);
    await queue.put(tables, agent, command, user);
    return { job, isNew: true };
  }
}

/** Whether the slot, or the plan that it would carry out, was used by somebody who was faster. */
async function isUsed(tables: Tables, actor: Actor, { id, plan, jobType }: Approval): Promise<boolean> {
  const slot = await tables.approvals.find(id, actor);
  const carried = await tables.plans.find(plan, scopeOf(actor));
  return slot?.usedAt !== null || (isCarrying(jobType) && carried?.usedByJob !== null);
}

/** By the time in its id, which nobody chooses, and by when the bot received it. */
function isOld({ interaction, at }: Actor, now: number): boolean {
  const ages = [snowflakeTime(interaction), at].map((pressed) => (now - pressed) / 1000);
  return ages.some((age) => age > TIMES.approvalAgeS || age < -TIMES.aheadS);
}

type Wanted = Pick<Approval, 'jobType' | 'plan'> & Partial<Pick<Approval, 'pauseAfter'>>;

/** What the job is told to carry out or go on with; undefined when this plan, with the bytes it has, is not for it. */
async function paramsOf(
  tables: Tables,
  owner: Owner,
  agent: Agent,
  { jobType: type, plan: digest, pauseAfter }: Wanted,
): Promise<Params | undefined> {
  const plan = await findPlan(tables, scopeOf(owner), agent.id, digest);
  if (plan === undefined) return undefined;
  const until = pauseAfter ? { pause_after: pauseAfter } : {};
  if (isCarrying(type)) return plan.carriedOutBy === type ? { plan: digest, ...until } : undefined;
  const run = await runOfPlan(tables, scopeOf(owner), agent.id, digest);
  return run === undefined || plan.carriedOutBy !== 'apply' ? undefined : { run, ...until };
}

async function usePlan(
  tables: Tables,
  owner: Owner,
  digest: string,
  agent: string,
  job: string,
  now: number,
) {
  if (await tables.plans.use(digest, agent, job)) return;
  const plan = await tables.plans.find(digest, scopeOf(owner));
  const isExpired = plan?.usedByJob === null && plan.expiresAt <= now;
  throw new NotApproved(isExpired ? 'stale' : 'again');
}
