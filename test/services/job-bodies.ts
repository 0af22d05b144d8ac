import type { JobType } from '../../services/services.ts';
import { digestOf } from '../../src/protocol/digest.ts';
import type { PausePhase } from '../../src/protocol/facts.ts';
import type { DurableEvent } from '../../src/protocol/messages.ts';
import { DIGEST, RUN } from '../protocol/parties.ts';
import type { HubWorld } from './hub-world.ts';
import type { TestAgent } from './test-agent.ts';

/** What an agent answers, in the shortest forms that fit. */

const FATES = { total: 1, in_effect: 1, not_in_effect: 0, needs_you: 0 };
const LEDGER = { key: FATES, file: FATES, secret: FATES, project: FATES };

export const accepted = (job: string): DurableEvent => ({ t: 'job.accepted', body: { job } });
export const interrupted = (job: string): DurableEvent => ({ t: 'job.interrupted', body: { job, run: RUN } });

export function backupsDone(job: string): DurableEvent {
  return { t: 'job.done', body: { job, type: 'backups', result: { total: 0, shown: [] }, audit: DIGEST } };
}

type Outcome = 'complete' | 'not-yet-usable' | 'nothing-to-do' | 'undone' | 'rolled-back' | 'failed';

export function runDone(job: string, type: 'apply' | 'resume', outcome: Outcome = 'complete'): DurableEvent {
  const result = { run: RUN, outcome, milliseconds: 4_200, ledger: LEDGER, checks: [] };
  return { t: 'job.done', body: { job, type, result, audit: DIGEST } };
}

export function pausedDone(
  job: string,
  type: 'apply' | 'resume',
  after: PausePhase = 'backup',
): DurableEvent {
  const result = {
    run: RUN,
    outcome: 'paused',
    after,
    milliseconds: 700,
    ledger: LEDGER,
    checks: [],
  } as const;
  return { t: 'job.done', body: { job, type, result, audit: DIGEST } };
}

export function undoDone(job: string): DurableEvent {
  return {
    t: 'job.done',
    body: { job, type: 'undo', result: { run: RUN, outcome: 'undone', milliseconds: 10 }, audit: DIGEST },
  };
}

export function rollbackDone(job: string): DurableEvent {
  const verified = { done: 1, of: 1 };
  const result = {
    run: RUN,
    outcome: 'rolled-back' as const,
    milliseconds: 10,
    restored: 1,
    unchanged: 0,
    moved_aside: 0,
    verified,
    carried: 0,
    stopped: 0,
    started: 0,
  };
  return { t: 'job.done', body: { job, type: 'rollback', result, audit: DIGEST } };
}

export function failed(job: string, left: 'unchanged' | 'undone' | 'resumable' | 'paused'): DurableEvent {
  return { t: 'job.failed', body: { job, failure: { error: 'AWM-1902', left, run: RUN } } };
}

export function planReady(job: string, bytes: Buffer, expires: number, parts = 1): DurableEvent {
  const summary = {
    actions: { write: 1, copy: 0, patch: 0, store: 0, register: 0 },
    ledger: LEDGER,
    open_decisions: 0,
    backup_bytes: 1,
  };
  const plan = digestOf(bytes);
  return { t: 'plan.ready', body: { job, type: 'plan', plan, bytes: bytes.length, parts, expires, summary } };
}

const NOTHING_NEWER = { kept: 0, carried: 0, left: 0, conflicts: 0, running: 0, choices: {} };

export function previewReady(job: string, bytes: Buffer, expires: number): DurableEvent {
  const summary = {
    backup: 1,
    restored: 1,
    unchanged: 0,
    removed: 0,
    newer: 0,
    state_changed: 0,
    ...NOTHING_NEWER,
  };
  const plan = digestOf(bytes);
  return {
    t: 'plan.ready',
    body: { job, type: 'rollback-preview', plan, bytes: bytes.length, parts: 1, expires, summary },
  };
}

/** Asks for a job that reads and lets the agent accept it. */
export async function runningJob(
  world: HubWorld,
  agent: TestAgent,
  type: JobType,
  params: Record<string, unknown> = {},
): Promise<string> {
  const { id } = await world.services.jobs.start(world.actor(), agent.id, type, params);
  await agent.command('job.run');
  await agent.emit(accepted(id));
  return id;
}

let made = 0;

/** A plan whose bytes the bot has. */
export async function storedPlan(
  world: HubWorld,
  agent: TestAgent,
  type: 'plan' | 'rollback-preview' = 'plan',
) {
  const id = await runningJob(world, agent, type, type === 'plan' ? { root: 'root-1' } : {});
  made++;
  const bytes = Buffer.from(`{"plan":${made}}\n`);
  const expires = Math.floor(world.clock.now().getTime() / 1000) + 3_600;
  agent.sendParts(id, bytes);
  await agent.emit((type === 'plan' ? planReady : previewReady)(id, bytes, expires));
  const job = await world.until(id, 'done');
  return { job: id, digest: job.plan as string, bytes };
}

export const MESSAGE = '523456789012345678';

/** A slot for what carries a plan out, under `MESSAGE`. */
export async function slotFor(
  world: HubWorld,
  agent: TestAgent,
  type: JobType,
  plan: string,
  pauseAfter?: PausePhase,
): Promise<string> {
  const slot = await world.services.jobs.offerApproval(
    world.actor(),
    agent.id,
    type,
    plan,
    MESSAGE,
    pauseAfter,
  );
  return slot.id;
}

/** Approves and lets the agent accept. */
export async function approvedJob(
  world: HubWorld,
  agent: TestAgent,
  type: JobType,
  plan: string,
  pauseAfter?: PausePhase,
): Promise<string> {
  const job = await world.services.jobs.approve(
    world.actor(),
    await slotFor(world, agent, type, plan, pauseAfter),
    MESSAGE,
  );
  if (typeof job === 'string' || job.state !== 'queued')
    throw new Error(`not approved: ${JSON.stringify(job)}`);
  await agent.command('job.run');
  await agent.emit(accepted(job.id));
  return job.id;
}
