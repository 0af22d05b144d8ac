import { digestOf } from '../../protocol/digest.ts';
import { JOBS, type JobClass, type JobType } from '../../protocol/jobs.ts';
import { PER_AGENT } from '../../protocol/limits.ts';
import type { DurableEvent, JobRun } from '../../protocol/messages.ts';
import { AppError, errorLabel } from '../../shared/errors.ts';
import type { AuditLog } from '../channel/audit.ts';
import type { Events } from '../channel/events.ts';
import type { Timers } from '../channel/timers.ts';
import { logFault } from '../fault-log.ts';
import { inWords, isSystemError } from '../run/in-words.ts';
import type { AgentSettings } from '../settings.ts';
import type { System } from '../system.ts';
import { runJob } from './index.ts';
import type { JobEnd, JobOf, JobWork } from './job.ts';
import { ProgressPacer, progressOf } from './progress.ts';
import { failureOf } from './run-facts.ts';
import type { PlanRecord, StoredPlans } from './stored-plans.ts';
import { runOfJob } from './unfinished.ts';

export interface RunnerParts {
  readonly system: System;
  readonly settings: AgentSettings;
  readonly plans: StoredPlans;
  readonly agentId: string;
  readonly events: Events;
  readonly audit: AuditLog;
  /** For the person at the machine: what became of a job. */
  readonly tell: (type: JobType, words: string) => void;
  readonly timers: Timers;
}

interface Running {
  readonly class: JobClass;
  readonly ended: Promise<void>;
  cancelled: boolean;
}

/** Runs jobs that were accepted, one writing and four reading at most, and tells how each ended. */
export class JobRunner {
  readonly #parts: RunnerParts;
  readonly #running = new Map<string, Running>();
  #stopping = false;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
  }

  hasRoomFor(jobClass: JobClass): boolean {
    const writes = jobClass !== 'read';
    const same = [...this.#running.values()].filter((one) => (one.class !== 'read') === writes);
    return !this.#stopping && same.length < (writes ? PER_AGENT.writingJobs : PER_AGENT.readingJobs);
  }

  start(job: JobRun, plan: PlanRecord | undefined): void {
    const running: Running = {
      class: JOBS[job.type].class,
      ended: this.#run(job, plan).finally(() => this.#running.delete(job.job)),
      cancelled: false,
    };
    this.#running.set(job.job, running);
  }

  /** A writing job stops at its next safe point and is taken back. False if it does not run. */
  cancel(job: string): boolean {
    const running = this.#running.get(job);
    if (running === undefined) return false;
    running.cancelled = true;
    return true;
  }

  /** Takes nothing new, asks what writes to stop at its next safe point, and waits for everything. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all([...this.#running.values()].map(({ ended }) => ended));
  }

  async #run(job: JobRun, plan: PlanRecord | undefined): Promise<void> {
    const { system, settings, plans, agentId, events, timers } = this.#parts;
    const pacer = new ProgressPacer(
      timers,
      () => system.elapsed(),
      (progress) => events.pass({ t: 'job.progress', body: { job: job.job, progress } }),
    );
    const work: JobWork = {
      system,
      settings,
      plans,
      agentId,
      plan,
      progress: (event) => {
        if (event.type === 'kept') this.#parts.tell(job.type, `${event.what} is kept at ${event.path}`);
        const progress = progressOf(event);
        if (progress !== undefined) pacer.tell(progress);
      },
      tell: (words) => this.#parts.tell(job.type, words),
      stopAsked: () => {
        if (this.#running.get(job.job)?.cancelled === true) return 'cancel';
        return this.#stopping ? 'stop' : undefined;
      },
    };
    // What accepted the job is sent before a long look at the disk keeps everything else waiting.
    await new Promise((resolve) => setImmediate(resolve));
    const end = await this.#endOf(job, work);
    pacer.end();
    try {
      this.#tell(job, end);
    } catch (error) {
      // What cannot be written down now is told as interrupted at the next start.
      this.#parts.tell(job.type, 'ended, but that could not be written down');
      logFault(system, settings.home, error);
    }
  }

  async #endOf(job: JobRun, work: JobWork): Promise<JobEnd> {
    try {
      return await runJob(job as JobOf<JobRun['type']>, work);
    } catch (error) {
      return { end: 'failed', failure: this.#failure(job, error, work.plan) };
    }
  }

  #failure({ type, params }: JobRun, error: unknown, plan: PlanRecord | undefined) {
    const { system, settings, plans } = this.#parts;
    const named = 'run' in params ? { run: params.run } : {};
    const run = plan && runOfJob(system, settings.home, plans, { type, plan: plan.digest, ...named });
    if (error instanceof AppError) return failureOf(error, run);
    if (isSystemError(error)) return failureOf(inWords(error, 'a file'), run);
    logFault(system, settings.home, error);
    return { ...failureOf(new AppError('AGENT_FAULT'), run) };
  }

  #tell(job: JobRun, end: JobEnd): void {
    const { events, audit, settings, system } = this.#parts;
    const decision = decisionOf(end);
    audit.add({ what: 'job-ended', decision, job: job.job, type: job.type });
    try {
      events.emit(this.#event(job, end));
    } catch (error) {
      logFault(system, settings.home, error);
      const failure = { error: errorLabel('AGENT_FAULT'), left: 'resumable' } as const;
      events.emit({ t: 'job.failed', body: { job: job.job, failure } });
    }
    this.#parts.tell(job.type, decision);
  }

  #event({ job, type }: JobRun, end: JobEnd): DurableEvent {
    switch (end.end) {
      case 'done':
        return {
          t: 'job.done',
          body: { job, type, result: end.result, audit: this.#parts.audit.head },
        } as DurableEvent;
      case 'plan': {
        const { bytes, plan, summary } = end;
        const parts = bytes > PER_AGENT.planBytes ? 0 : Math.ceil(bytes / PER_AGENT.partBytes);
        const expires = Math.floor(Date.parse(plan.expires) / 1000);
        return {
          t: 'plan.ready',
          body: { job, type, plan: plan.digest, bytes, parts, expires, summary },
        } as DurableEvent;
      }
      case 'failed':
        return { t: 'job.failed', body: { job, failure: end.failure } };
      case 'cancelled':
        return { t: 'job.cancelled', body: { job, undone: end.undone } };
      case 'interrupted': {
        const { end: _, ...where } = end;
        return { t: 'job.interrupted', body: { job, ...where } };
      }
    }
  }
}

/** How a job ended, in one word or number. */
function decisionOf(end: JobEnd): string {
  if (end.end === 'failed') return end.failure.error;
  const isPaused = end.end === 'done' && 'outcome' in end.result && end.result.outcome === 'paused';
  return isPaused ? 'paused' : end.end;
}

/** One piece of a plan's bytes; undefined beyond the last. */
export function planPart(bytes: Buffer, index: number): { sha256: string; data: string } | undefined {
  if (bytes.length > PER_AGENT.planBytes) return undefined;
  const piece = bytes.subarray(index * PER_AGENT.partBytes, (index + 1) * PER_AGENT.partBytes);
  if (piece.length === 0) return undefined;
  return { sha256: digestOf(piece), data: piece.toString('base64url') };
}
