import type { JobType } from '../../protocol/jobs.ts';
import type { DurableEvent, JobDone, JobRun, PlanReady } from '../../protocol/messages.ts';
import type { RunEvent } from '../run/phases.ts';
import type { AgentSettings } from '../settings.ts';
import type { System } from '../system.ts';
import type { PlanRecord, StoredPlans } from './stored-plans.ts';

type EndOf<T extends DurableEvent['t']> = Extract<DurableEvent, { readonly t: T }>['body'];
export type Failure = EndOf<'job.failed'>['failure'];
type Interruption = Omit<EndOf<'job.interrupted'>, 'job'>;

/** The result that a type of job ends with. */
export type ResultOf<K extends JobType> = Extract<JobDone, { readonly type: K }>['result'];
export type SummaryOf<K extends JobType> = Extract<PlanReady, { readonly type: K }>['summary'];
export type JobOf<K extends JobType> = Extract<JobRun, { readonly type: K }>;

/** How a job ended; what it throws is a failure that left everything as it was. */
export type JobEnd<K extends JobType = JobType> =
  | { readonly end: 'done'; readonly result: ResultOf<K> }
  | {
      readonly end: 'plan';
      readonly plan: PlanRecord;
      readonly bytes: number;
      readonly summary: SummaryOf<K>;
    }
  | { readonly end: 'failed'; readonly failure: Failure }
  | { readonly end: 'cancelled'; readonly undone: boolean }
  | ({ readonly end: 'interrupted' } & Interruption);

/** What a job may use. There is no network, no address and no path in what came from outside. */
export interface JobWork {
  readonly system: System;
  readonly settings: AgentSettings;
  readonly plans: StoredPlans;
  readonly agentId: string;
  /** Of a write: the plan that was approved. */
  readonly plan: PlanRecord | undefined;
  progress(event: RunEvent): void;
  /** For the person at the machine alone: it may name files. */
  tell(words: string): void;
  /** Somebody asked to stop: in Discord (`cancel`) or here. */
  stopAsked(): 'cancel' | 'stop' | undefined;
}

/** One type of job: exactly one function, that the command line has too. */
export type JobFunction<K extends JobType> = (job: JobOf<K>, work: JobWork) => Promise<JobEnd<K>>;
