/**
 * The far side of the bot's commands, in memory: what a hub with agents would answer is told by the test. Records and
 * figures are the real ones.
 */
import { hash } from 'node:crypto';
import type {
  Actor,
  ApprovalSlot,
  ClaimedMachine,
  Job,
  Jobs,
  JobType,
  Machine,
  Machines,
  Owner,
  PairingRequest,
  Pairings,
} from '../../services/services.ts';
import type { PausePhase } from '../../src/protocol/facts.ts';
import { newJobId } from '../../src/protocol/ids.ts';
import { JOBS } from '../../src/protocol/jobs.ts';

export const LAPTOP: Machine = {
  id: 'ag_018d0e6a-0000-7000-8000-000000000001',
  label: 'laptop',
  os: 'linux 6.1',
  agentVersion: '0.1.0',
  connected: true,
  lastRoundTrip: Date.UTC(2024, 0, 15, 14, 29),
};

export class MemoryMachines implements Machines {
  addresses = ['unix:/run/user/1000/migration-bot/hub.sock'];
  publicUrl: string | undefined;
  /** Never answers while true. */
  isHanging = false;
  readonly #machines = new Map<string, Machine[]>();

  give(owner: Owner, ...machines: Machine[]): void {
    this.#machines.set(key(owner), machines);
  }

  async list(owner: Owner): Promise<readonly Machine[]> {
    if (this.isHanging) await new Promise(() => undefined);
    return this.#machines.get(key(owner)) ?? [];
  }

  async find(owner: Owner, id: string): Promise<Machine | undefined> {
    return (await this.list(owner)).find((machine) => machine.id === id);
  }

  async revoke(owner: Owner, id: string): Promise<boolean> {
    const all = await this.list(owner);
    this.give(owner, ...all.filter((machine) => machine.id !== id));
    return all.some((machine) => machine.id === id);
  }
}

export class MemoryPairings implements Pairings {
  readonly requests = new Map<string, { readonly user: string; readonly request: PairingRequest }>();
  readonly answers: { readonly actor: Actor; readonly id: string; readonly yes: boolean }[] = [];

  async open({ user }: Owner): Promise<readonly PairingRequest[]> {
    return [...this.requests.values()].filter((open) => open.user === user).map(({ request }) => request);
  }

  async answer(actor: Actor, id: string, yes: boolean): Promise<'paired' | 'refused' | 'gone'> {
    if (this.requests.get(id)?.user !== actor.user) return 'gone';
    this.answers.push({ actor, id, yes });
    this.requests.delete(id);
    return yes ? 'paired' : 'refused';
  }

  /** What `claim` shows, and how it ends. */
  claimed: ClaimedMachine | 'gone' | 'full' = 'gone';
  isLocked = false;
  readonly codes = new Map<string, PairingRequest>();

  async byCode(_actor: Actor, code: string): Promise<PairingRequest | 'unknown' | 'locked'> {
    return this.isLocked ? 'locked' : (this.codes.get(code) ?? 'unknown');
  }

  async claim(): Promise<ClaimedMachine | 'gone' | 'full'> {
    return this.claimed;
  }

  onChange(): () => void {
    return () => undefined;
  }
}

interface Started {
  readonly job: Job;
  readonly actor: Actor;
  readonly params: Readonly<Record<string, unknown>>;
}

export class MemoryJobs implements Jobs {
  readonly all = new Map<string, { job: Job; readonly owner: Owner }>();
  readonly started: Started[] = [];
  readonly slots = new Map<
    string,
    ApprovalSlot & {
      readonly owner: Owner;
      readonly message: string;
      readonly pauseAfter: PausePhase | undefined;
      used: boolean;
    }
  >();
  readonly cancelled: string[] = [];
  readonly #listeners = new Set<(job: Job, owner: Owner) => void>();
  readonly #waiting = new Set<() => void>();

  async start(actor: Actor, machine: string, type: JobType, params: Started['params'] = {}): Promise<Job> {
    return this.#add(actor, machine, type, params);
  }

  async offerApproval(
    owner: Owner,
    machine: string,
    type: JobType,
    plan: string,
    message: string,
    pauseAfter?: PausePhase,
  ): Promise<ApprovalSlot> {
    const id = `slot${this.slots.size + 1}xxxxxxxxxxxxxxxxx`;
    const slot = { id, plan, job: type, machine, owner, message, pauseAfter, used: false };
    this.slots.set(id, slot);
    return slot;
  }

  async approve(actor: Actor, id: string, message: string): Promise<Job | 'again' | 'gone' | 'stale'> {
    const slot = this.slots.get(id);
    if (slot === undefined || key(slot.owner) !== key(actor) || slot.message !== message) return 'gone';
    if (slot.used) return 'again';
    slot.used = true;
    return this.#add(
      actor,
      slot.machine,
      slot.job,
      { plan: slot.plan, pause_after: slot.pauseAfter },
      slot.plan,
    );
  }

  async cancel(_actor: Actor, job: string): Promise<boolean> {
    this.cancelled.push(job);
    return true;
  }

  async find(owner: Owner, id: string): Promise<Job | undefined> {
    const found = this.all.get(id);
    return found && key(found.owner) === key(owner) ? found.job : undefined;
  }

  async planText(): Promise<string | undefined> {
    return undefined;
  }

  onChange(listener: (job: Job, owner: Owner) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The newest job of that type, now or when it is started. */
  async newest(type: JobType): Promise<Job> {
    for (;;) {
      const found = this.started.findLast(({ job }) => job.type === type);
      if (found !== undefined) return this.all.get(found.job.id)?.job ?? found.job;
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  /** The machine tells news of a job. */
  tell(id: string, change: Partial<Job>): void {
    const entry = this.all.get(id);
    if (entry === undefined) throw new Error(`there is no job ${id}`);
    entry.job = { ...entry.job, ...change };
    for (const listener of this.#listeners) listener(entry.job, entry.owner);
  }

  /** The machine ends a job with these facts, as the event of its kind carries them. */
  finish(id: string, facts: object, planText?: string): void {
    const { job } = this.all.get(id) ?? {};
    if (job === undefined) throw new Error(`there is no job ${id}`);
    const isPlan = JOBS[job.type].ends === 'plan.ready';
    const plan = planText === undefined ? job.plan : hash('sha256', planText, 'hex');
    const result = isPlan
      ? { job: id, type: job.type, plan, bytes: 9, parts: 1, expires: 1_705_333_800, summary: facts }
      : { job: id, type: job.type, result: facts, audit: '0'.repeat(64) };
    this.tell(id, { state: 'done', result, plan });
  }

  #add(owner: Actor, machine: string, type: JobType, params: Started['params'], plan?: string): Job {
    const id = newJobId(new Date());
    const job: Job = {
      id,
      type,
      machine,
      state: 'queued',
      result: undefined,
      error: undefined,
      progress: undefined,
      plan,
    };
    this.all.set(id, { job, owner: { guild: owner.guild, user: owner.user } });
    this.started.push({ job, actor: owner, params });
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
    return job;
  }
}

function key({ guild, user }: Owner): string {
  return `${guild}/${user}`;
}
