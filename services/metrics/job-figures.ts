/**
 * Which step of which job counts as what. A story is one migration, named by the `apply` job that began it.
 *
 * | job | step | counts as |
 * |---|---|---|
 * | apply | accepted by the machine | attempt |
 * | apply, resume | done: complete, not-yet-usable | success, with the run's duration |
 * | apply, resume | done: paused | nothing yet: the person goes on, or takes it back |
 * | apply, resume | done: nothing-to-do | success without a duration |
 * | apply, resume | done: undone, rolled-back, failed | failed |
 * | apply | failed, left unchanged or undone | failed, with its code |
 * | resume | failed, left undone | failed, with its code |
 * | apply, resume | failed, left resumable; interrupted | nothing yet: the person resumes, undoes, or gives up |
 * | resume | failed, left unchanged or paused | nothing: the run is where it was |
 * | undo | done: undone | failed, with the code of what interrupted it; abandoned, if the run was waiting |
 * | apply, resume | cancelled | abandoned |
 * | apply | rejected after it was accepted | abandoned |
 * | rollback | done: rolled-back, undone | rolled_back, of the newest migration that succeeded on that machine |
 *
 * An apply that was refused, cancelled or expired before the machine accepted it is no attempt.
 */
import type { DurableEvent } from '../../src/protocol/messages.ts';
import { isPaused, runIn } from '../approved-plan.ts';
import type { MetricsEvent } from '../services.ts';
import type { Job } from '../store/records/jobs.ts';
import type { Tables } from '../store/records/records.ts';
import { methodOf, segmentOf } from './job-context.ts';

type Kind = MetricsEvent['kind'];
type Figure = Pick<MetricsEvent, 'kind' | 'durationMs' | 'code'>;

/** So many of a person's newest jobs are looked through for the one that began a story. */
const LOOKED_THROUGH = 200;

/** What this step of a job counts as; undefined for most. `job` is as it is after the step. */
export async function figureOf(
  tables: Tables,
  job: Job,
  event: DurableEvent,
): Promise<MetricsEvent | undefined> {
  const figure = kindOf(job, event);
  if (figure === undefined) return undefined;
  const beginning = await beginningOf(tables, job);
  if (beginning === undefined) return undefined;
  if (event.t === 'job.rejected' && !(await wasAccepted(tables, job))) return undefined;
  const stopped = job.type === 'undo' ? await stoppedBefore(tables, job) : undefined;
  const isChoice = stopped !== undefined && isPaused(stopped.result);
  const code = isChoice ? undefined : (figure.code ?? stopped?.errorCode ?? undefined);
  return {
    ...figure,
    ...(isChoice ? { kind: 'abandoned' } : {}),
    ...(code === undefined ? {} : { code }),
    guild: job.guild,
    at: job.endedAt ?? job.createdAt,
    method: await methodOf(tables, beginning),
    segment: await segmentOf(tables, job),
    story: beginning.id,
  };
}

function kindOf({ type }: Job, event: DurableEvent): Figure | undefined {
  switch (event.t) {
    case 'job.accepted':
      return type === 'apply' ? { kind: 'attempt' } : undefined;
    case 'job.rejected':
      return type === 'apply' ? { kind: 'abandoned' } : undefined;
    case 'job.cancelled':
      return type === 'apply' || type === 'resume' ? { kind: 'abandoned' } : undefined;
    case 'job.done':
      return ofDone(event.body);
    case 'job.failed': {
      const { error: code, left } = event.body.failure;
      const isOver = left === 'undone' || (left === 'unchanged' && type === 'apply');
      return isOver && (type === 'apply' || type === 'resume') ? { kind: 'failed', code } : undefined;
    }
    default:
      return undefined;
  }
}

function ofDone(done: Extract<DurableEvent, { readonly t: 'job.done' }>['body']): Figure | undefined {
  switch (done.type) {
    case 'apply':
    case 'resume': {
      const { outcome, milliseconds } = done.result;
      if (outcome === 'paused') return undefined;
      if (outcome === 'complete' || outcome === 'not-yet-usable')
        return { kind: 'success', durationMs: milliseconds };
      return { kind: outcome === 'nothing-to-do' ? 'success' : 'failed' };
    }
    case 'undo':
      return done.result.outcome === 'undone' ? { kind: 'failed' } : undefined;
    case 'rollback': {
      const isBack = done.result.outcome === 'rolled-back' || done.result.outcome === 'undone';
      return isBack ? ({ kind: 'rolled_back' } satisfies { kind: Kind }) : undefined;
    }
    default:
      return undefined;
  }
}

/** The `apply` job of the migration that this job belongs to. */
async function beginningOf(tables: Tables, job: Job): Promise<Job | undefined> {
  if (job.type === 'apply') return job;
  const all = await tables.jobs.ofOwner({ guild: job.guild, owner: job.owner }, LOOKED_THROUGH);
  const applies = all.filter(({ agent, type }) => agent === job.agent && type === 'apply');
  if (job.type !== 'rollback') return applies.find(({ plan }) => plan === job.plan);
  const ended = all.filter((one) => {
    return one.agent === job.agent && isMigrating(one) && one.state === 'done' && !isPaused(one.result);
  });
  const run = runIn(job.result);
  const end = ended.find(({ result }) => run !== undefined && runIn(result) === run) ?? ended[0];
  return applies.find(({ plan }) => plan === end?.plan);
}

/** The job in which the migration that an undo takes back stopped. */
async function stoppedBefore(tables: Tables, { agent, guild, owner, plan }: Job): Promise<Job | undefined> {
  const all = await tables.jobs.ofOwner({ guild, owner }, LOOKED_THROUGH);
  return all.find(
    (one) => one.agent === agent && one.plan === plan && isMigrating(one) && one.state !== 'rejected',
  );
}

function isMigrating({ type }: Job): boolean {
  return type === 'apply' || type === 'resume';
}

async function wasAccepted({ inbox }: Tables, { agent, id }: Job): Promise<boolean> {
  return (await inbox.eventsOf(agent, id)).some(({ event }) => event === 'job.accepted');
}
