import { isPlanning } from '../src/protocol/jobs.ts';
import { TIMES } from '../src/protocol/limits.ts';
import type { PassingEvent, PlanReady } from '../src/protocol/messages.ts';
import { errorLabel } from '../src/shared/errors.ts';
import type { AuditLog } from './audit-log.ts';
import { AgentGone, type CommandQueue } from './command-queue.ts';
import type { JobChanges } from './job-changes.ts';
import { PlanParts } from './plan-parts.ts';
import type { Bus } from './store/bus.ts';
import type { Job, MoveOutcome } from './store/records/jobs.ts';
import type { Tables } from './store/records/records.ts';
import { readStored, type StoredEventReader } from './stored-event.ts';

export interface PlanIntakeDeps extends StoredEventReader {
  readonly audit: AuditLog;
  readonly queue: CommandQueue;
  readonly changes: JobChanges;
  readonly bus: Bus;
}

/** Pieces of a plan that are on their way at a time: together they stay well below what a connection may hold back. */
const IN_FLIGHT = 4;

/**
 * Brings the bytes of plans together. The job that made a plan ends when they are here and are what its digest names, so
 * that whoever hears of the end can show and approve exactly these bytes.
 */
export class PlanIntake {
  readonly #deps: PlanIntakeDeps;
  readonly #parts = new PlanParts();
  /** Pieces that were asked for on the present connection, by job. */
  readonly #asked = new Map<string, Set<number>>();

  constructor(deps: PlanIntakeDeps) {
    this.#deps = deps;
  }

  async onPart(
    agent: string,
    part: Extract<PassingEvent, { readonly t: 'job.part' }>['body'],
  ): Promise<void> {
    const job = await this.#deps.records.jobs.ofAgent(agent, part.job);
    if (job === undefined || job.endedAt !== null || !isPlanning(job.type)) return;
    const complete = this.#parts.add(agent, part);
    if (complete === undefined) return await this.#ask(agent, part.job);
    await this.#finish(agent, complete.ready, complete.bytes);
  }

  async onReady(agent: string, ready: PlanReady): Promise<void> {
    // Too large to travel: there is nothing to wait for, and nothing that could be approved in Discord.
    if (ready.parts === 0) return await this.#finish(agent, ready, undefined);
    const complete = this.#parts.expect(agent, ready);
    if (complete === undefined) return await this.#ask(agent, ready.job);
    await this.#finish(agent, ready, complete.bytes);
  }

  /** A machine is there again: what was on its way when the connection or the bot ended is asked for anew. */
  async onConnected(agent: string): Promise<void> {
    const { records } = this.#deps;
    for (const job of (await records.jobs.open(agent)).filter(({ type }) => isPlanning(type))) {
      this.#asked.delete(job.id);
      const ready = await this.#readyOf(job);
      if (ready !== undefined) await this.onReady(agent, ready);
    }
  }

  /** To be called now and then: asks for what could not be asked for while the machine was away. */
  async sweep(): Promise<void> {
    for (const { job, agent } of this.#parts.waiting) await this.#ask(agent, job);
  }

  /** A job ended, however that was: nothing more is collected for it. */
  forget(job: string): void {
    this.#parts.forget(job);
    this.#asked.delete(job);
  }

  /** What the machine said of a plan that was acted on, but whose pieces are not all here. */
  async #readyOf(job: Job): Promise<PlanReady | undefined> {
    const events = await this.#deps.records.inbox.eventsOf(job.agent, job.id);
    const row = events.find(({ event, handledAt }) => event === 'plan.ready' && handledAt !== null);
    const stored = row && (await readStored(this.#deps, row));
    return stored?.ok === true && stored.event.t === 'plan.ready' ? stored.event.body : undefined;
  }

  async #ask(agentId: string, job: string): Promise<void> {
    const { records, queue, bus } = this.#deps;
    const asked = this.#asked.get(job) ?? new Set();
    const missing = this.#parts.missing(job);
    const wanted = missing.filter((index) => !asked.has(index));
    const free = IN_FLIGHT - (missing.length - wanted.length);
    const agent = wanted.length === 0 || free <= 0 ? undefined : await records.agents.claimed(agentId);
    if (agent?.state !== 'active') return;
    this.#asked.set(job, asked);
    for (const index of wanted.slice(0, free)) {
      if (asked.has(index)) continue;
      asked.add(index);
      const command = { t: 'part.get', body: { job, index } } as const;
      try {
        await records.transaction((tables) => queue.put(tables, agent, command));
      } catch (error) {
        if (error instanceof AgentGone) return;
        throw error;
      }
    }
    await bus.publish('outbox.new', { agent: agentId });
  }

  async #finish(agent: string, ready: PlanReady, bytes: Uint8Array | undefined): Promise<void> {
    const { records, changes } = this.#deps;
    this.forget(ready.job);
    const moved = await records.transaction(async (tables) => {
      const isRight = bytes === undefined || (await this.#store(tables, agent, ready, bytes));
      const job = await tables.jobs.ofAgent(agent, ready.job);
      if (job === undefined) return undefined;
      if (!isRight) return await this.#refuse(tables, job);
      await tables.jobs.setPlan(agent, ready.job, ready.plan);
      return await tables.jobs.move(agent, ready.job, 'done', { result: ready });
    });
    if (moved?.outcome === 'moved') changes.tell(moved.job);
  }

  async #store(tables: Tables, agent: string, ready: PlanReady, bytes: Uint8Array): Promise<boolean> {
    if (bytes.length !== ready.bytes) return false;
    const latest = this.#deps.clock.now().getTime() + TIMES.planLifeS * 1000;
    const expiresAt = Math.min(ready.expires * 1000, latest);
    const stored = await tables.plans.store({ digest: ready.plan, agent, job: ready.job, bytes, expiresAt });
    return stored === 'stored' || stored === 'known';
  }

  async #refuse(tables: Tables, job: Job): Promise<MoveOutcome> {
    const { agent, id, guild } = job;
    const detail = 'its bytes are not what its digest names';
    await this.#deps.audit.alarm(tables, { name: 'wrong-plan', agent, guild, job: id, detail });
    return await tables.jobs.move(agent, id, 'failed', { errorCode: errorLabel('BAD_PARAMS') });
  }
}
