import { refuseActor } from '../../protocol/actor.ts';
import type { ReceivedCommand } from '../../protocol/commands.ts';
import { JOBS, type JobType } from '../../protocol/jobs.ts';
import { PER_AGENT } from '../../protocol/limits.ts';
import type { JobRun } from '../../protocol/messages.ts';
import { type RejectCode, type Result, reject } from '../../protocol/reject-codes.ts';
import { AppError } from '../../shared/errors.ts';
import { checkApproval } from '../approvals.ts';
import type { JobRunner } from '../jobs/runner.ts';
import type { PlanRecord, StoredPlans } from '../jobs/stored-plans.ts';
import { planOfRun } from '../jobs/unfinished.ts';
import { readPolicy, refuseByPolicy } from '../policy.ts';
import { rootNamed, rootPath } from '../roots.ts';
import type { AgentSettings } from '../settings.ts';
import type { System } from '../system.ts';
import type { ChannelHome } from './channel-home.ts';
import type { Clocks } from './clocks.ts';
import type { CommandLedger } from './command-ledger.ts';
import type { Identity } from './identity.ts';
import type { Spool } from './spool.ts';
import { standsStill } from './standstill.ts';

export interface DeciderParts {
  readonly system: System;
  readonly settings: AgentSettings;
  readonly identity: Identity;
  readonly ledger: CommandLedger;
  readonly spool: Spool;
  readonly plans: StoredPlans;
  readonly runner: Pick<JobRunner, 'hasRoomFor'>;
  readonly home: ChannelHome;
}

const MINUTE_MS = 60_000;

/** Whether a job that the bot asked for runs: the actor, the machine's policy, clocks, room, and of a write its approval. */
export class JobDecider {
  readonly #parts: DeciderParts;
  #starts: number[] = [];

  constructor(parts: DeciderParts) {
    this.#parts = parts;
  }

  /** Writes nothing. `regressed`: our memory went back in time. The plan is that of a write. */
  decide(
    job: JobRun,
    received: ReceivedCommand,
    clocks: Clocks,
    regressed: boolean,
  ): Result<{ readonly plan: PlanRecord | undefined }> {
    const { system, settings, identity, ledger, plans } = this.#parts;
    const { class: jobClass } = JOBS[job.type];
    const approvers = { users: identity.approvers, guild: identity.guild };
    const { root } = { root: undefined, ...job.params } as { readonly root: string | undefined };
    const isAboutRoot = job.type === 'assess' || job.type === 'plan' || job.type === 'export';
    const about = root ?? (isAboutRoot ? rootNamed(system, settings.home, undefined)?.id : undefined);
    const isGone = about !== undefined && rootPath(system, settings.home, about) === undefined;
    const code =
      refuseActor(job.actor, approvers) ??
      (standsStill(system, this.#parts.home) ? 'LOCAL_DENIED' : undefined) ??
      this.#refuseByPolicy(job.type, about, clocks) ??
      (isGone ? 'PATH_DENIED' : undefined) ??
      (jobClass === 'read' ? undefined : refuseWrite(received, clocks, regressed)) ??
      this.#refuseMore(job);
    if (code !== undefined) return reject(code);
    if (!('approval' in job)) return { ok: true, plan: undefined };
    const isPlanUsed = (plan: string) => ledger.isPlanUsed(plan);
    return checkApproval(job, {
      system,
      plans,
      approvers,
      clocks: [clocks.local(), clocks.hub()],
      isPlanUsed,
      isInteractionUsed: (interaction) => ledger.isInteractionUsed(interaction),
      planOfRun: (run) => planOfRun(system, settings.home, plans, isPlanUsed, run),
    });
  }

  /** As the file says now: who narrows it need not connect anew. One that cannot be read allows nothing. */
  #refuseByPolicy(type: JobType, root: string | undefined, clocks: Clocks): RejectCode | undefined {
    const { system, settings } = this.#parts;
    try {
      return refuseByPolicy(readPolicy(system, settings.home), type, root, clocks.local());
    } catch (error) {
      if (error instanceof AppError) return 'LOCAL_DENIED';
      throw error;
    }
  }

  #refuseMore({ type }: JobRun): RejectCode | undefined {
    const { runner, spool, system } = this.#parts;
    if (!runner.hasRoomFor(JOBS[type].class) || spool.isFull) return 'BUSY';
    const now = system.elapsed();
    this.#starts = this.#starts.filter((at) => now - at < MINUTE_MS);
    if (this.#starts.length >= PER_AGENT.commandsPerMinute) return 'BUSY';
    this.#starts.push(now);
    return undefined;
  }
}

/** A write needs both memories and both clocks to agree, and is late as soon as one clock says so. */
function refuseWrite(
  { expires }: ReceivedCommand,
  clocks: Clocks,
  regressed: boolean,
): RejectCode | undefined {
  if (regressed) return 'STATE_REGRESSED';
  if (clocks.areApart) return 'CLOCK_SKEW';
  return clocks.later().getTime() >= expires * 1000 ? 'EXPIRED' : undefined;
}
