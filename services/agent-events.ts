/**
 * Acts on what agents said. The hub has stored the events; here, where decisions are made, each is verified once more
 * (signature, chain, form), so that a hub can hold back but not invent. Then: is the job that agent's, of the type it says,
 * and does the step lead on from where the job is (channel.md §7). Each event is acted on once, in one transaction.
 */
import type { DurableEvent, PassingEvent, PlanReady } from '../src/protocol/messages.ts';
import type { AlarmName, AuditLog } from './audit-log.ts';
import type { JobChanges } from './job-changes.ts';
import { type MovingEvent, stepOf } from './job-steps.ts';
import type { Bus } from './store/bus.ts';
import type { Agent } from './store/records/agents.ts';
import type { InboxRow } from './store/records/inbox.ts';
import { isEnd, mayMove } from './store/records/job-states.ts';
import type { Job } from './store/records/jobs.ts';
import type { Tables } from './store/records/records.ts';
import { readStored, type StoredEventReader } from './stored-event.ts';

export interface AgentEventsDeps extends StoredEventReader {
  readonly audit: AuditLog;
  readonly changes: JobChanges;
  readonly bus: Bus;
  /** A plan is ready; its bytes are collected, and then the job ends. */
  readonly onPlanReady: (agent: string, ready: PlanReady) => Promise<void>;
  /** In the transaction in which a job moved: what it means for the figures. */
  readonly onMoved: (tables: Tables, job: Job, event: DurableEvent) => Promise<void>;
  /** After the commit of that. */
  readonly onCounted: (guild: string) => void;
  /** In the transaction in which a machine unpaired itself; returns what is left to do afterwards. */
  readonly onUnpaired: (tables: Tables, agent: Agent) => Promise<() => void>;
  readonly onFault: (error: unknown) => void;
}

/** What is left to do once the transaction is committed. */
type Afterwards = (() => void | Promise<void>) | undefined;

type Progress = Extract<PassingEvent, { readonly t: 'job.progress' }>['body'];

export class AgentEvents {
  readonly #deps: AgentEventsDeps;
  #work: Promise<void> = Promise.resolve();

  constructor(deps: AgentEventsDeps) {
    this.#deps = deps;
  }

  /** Acts on everything that was stored so far. Runs follow each other. */
  async run(): Promise<void> {
    this.#work = this.#work.then(() => this.#run()).catch(this.#deps.onFault);
    await this.#work;
  }

  /** How far a job is. Lost when nobody looks: only the newest counts. */
  async onProgress(agent: string, { job, progress }: Progress): Promise<void> {
    const { records, changes } = this.#deps;
    const known = await records.jobs.ofAgent(agent, job);
    if (known === undefined || known.endedAt !== null) return;
    const begins = known.state === 'accepted' || known.state === 'waiting';
    const moved = begins ? await records.jobs.move(agent, job, 'running') : undefined;
    const { phase, n, of } = progress;
    changes.tell(moved?.outcome === 'moved' ? moved.job : known, { phase, n, of });
  }

  async #run(): Promise<void> {
    const { records, onFault } = this.#deps;
    for (;;) {
      const rows = await records.inbox.unhandled();
      // An event that cannot be acted on for a fault of ours holds back those of its agent, until the next run.
      const stuck = new Set<string>();
      for (const row of rows) {
        if (stuck.has(row.agent)) continue;
        try {
          await this.#act(row);
        } catch (error) {
          stuck.add(row.agent);
          onFault(error);
        }
      }
      if (rows.length === 0 || stuck.size > 0) return;
    }
  }

  async #act(row: InboxRow): Promise<void> {
    const stored = await readStored(this.#deps, row);
    const afterwards = await this.#deps.records.transaction(async (tables): Promise<Afterwards> => {
      if (!(await tables.inbox.markHandled(row.agent, row.epoch, row.seq))) return undefined;
      if (!stored.ok) return await this.#alarm(tables, row, stored.name, stored.detail);
      return await this.#apply(tables, stored.agent, stored.event, row);
    });
    await afterwards?.();
  }

  async #apply(tables: Tables, agent: Agent, event: DurableEvent, row: InboxRow): Promise<Afterwards> {
    if (event.t === 'policy.changed') return undefined;
    if (event.t === 'unpaired') return await this.#unpair(tables, agent);
    const job = await tables.jobs.ofAgent(agent.id, event.body.job);
    if (job === undefined) return await this.#alarm(tables, row, 'unknown-job', event.t);
    if ('type' in event.body && event.body.type !== job.type)
      return await this.#alarm(tables, row, 'wrong-type', `${event.body.type} for ${job.type}`);
    if (event.t === 'plan.ready') {
      if (!mayMove(job.state, 'done')) return await this.#misstep(tables, row, job, event);
      const ready = event.body;
      return () => this.#deps.onPlanReady(agent.id, ready);
    }
    return await this.#move(tables, row, job, event);
  }

  async #move(tables: Tables, row: InboxRow, job: Job, event: MovingEvent): Promise<Afterwards> {
    const { changes, onMoved, onCounted } = this.#deps;
    const { to, ending } = stepOf(event);
    if (to === 'accepted' || to === 'rejected') await tables.outbox.settle(job.agent, job.id, to);
    const moved = await tables.jobs.move(job.agent, job.id, to, ending);
    if (moved.outcome === 'alarm') return await this.#misstep(tables, row, job, event);
    if (moved.outcome !== 'moved') return undefined;
    await onMoved(tables, moved.job, event);
    return () => {
      changes.tell(moved.job);
      onCounted(moved.job.guild);
    };
  }

  async #unpair(tables: Tables, agent: Agent): Promise<Afterwards> {
    const { audit, bus, onUnpaired } = this.#deps;
    await tables.agents.unpaired(agent.id, agent.epoch);
    const about = { guild: agent.guild, agent: agent.id };
    await audit.decision(tables, 'the machine was unpaired at its terminal', about);
    const afterwards = await onUnpaired(tables, agent);
    return async () => {
      afterwards();
      await bus.publish('agent.changed', { agent: agent.id });
    };
  }

  async #misstep(tables: Tables, row: InboxRow, job: Job, { t }: DurableEvent): Promise<undefined> {
    const isEnding = t !== 'job.accepted' && t !== 'job.waiting_local';
    const name = isEnd(job.state) && isEnding ? 'second-end' : 'illegal-step';
    return await this.#alarm(tables, row, name, `${t} for a job that is ${job.state}`);
  }

  async #alarm(tables: Tables, row: InboxRow, name: AlarmName, detail: string): Promise<undefined> {
    const agent = await tables.agents.claimed(row.agent);
    await this.#deps.audit.alarm(tables, {
      name,
      agent: row.agent,
      detail: `event ${row.epoch}/${row.seq}: ${detail}`,
      ...(agent === undefined ? {} : { guild: agent.guild }),
      ...(row.job === null ? {} : { job: row.job }),
    });
  }
}
