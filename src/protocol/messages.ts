import { ACTOR, type Actor } from './actor.ts';
import { APPROVAL, type Approval } from './approval.ts';
import { FAILURE, PROGRESS, phase } from './facts.ts';
import { JOB_TYPES, JOBS, type JobType } from './jobs.ts';
import { JWS_BYTES, MAX_NUMBER, PER_AGENT } from './limits.ts';
import { REJECT_CODES } from './reject-codes.ts';
import {
  count,
  digest,
  either,
  fits,
  flag,
  jobId,
  object,
  oneOf,
  runId,
  type Schema,
  type TypeOf,
  text,
  time,
  whole,
} from './schema.ts';

/**
 * What messages say: `t` names a row, `body` fits its schema. Three tables, one for each signer: commands by the bot,
 * acknowledgements by the hub, events by the agent.
 */

const PARTS = PER_AGENT.planBytes / PER_AGENT.partBytes;
const sequence = whole(0, MAX_NUMBER);

type ParamsOf<K extends JobType> = TypeOf<(typeof JOBS)[K]['params']>;
type ResultOf<K extends JobType> = TypeOf<(typeof JOBS)[K]['result']>;
type ApprovalOf<K extends JobType> = (typeof JOBS)[K]['class'] extends 'read'
  ? None
  : { readonly approval: Approval };
type None = Readonly<Record<never, never>>;
type JobsEndingWith<E> = { [K in JobType]: (typeof JOBS)[K]['ends'] extends E ? K : never }[JobType];

/** One job: its params by its type; an approval exactly when it writes. */
export type JobRun = {
  [K in JobType]: {
    readonly job: string;
    readonly type: K;
    readonly params: ParamsOf<K>;
    readonly actor: Actor;
  } & ApprovalOf<K>;
}[JobType];

const JOB_RUN = either(
  ...JOB_TYPES.map((type) =>
    object({
      job: jobId,
      type: oneOf(type),
      params: JOBS[type].params as Schema<unknown>,
      actor: ACTOR,
      ...(JOBS[type].class === 'read' ? {} : { approval: APPROVAL }),
    }),
  ),
) as Schema<JobRun>;

export const COMMANDS = {
  'job.run': JOB_RUN,
  'job.cancel': object({ job: jobId, actor: ACTOR }),
  /** Answered by the job's newest stored event, sent again as it is; `job.rejected` UNKNOWN_JOB if there is none. */
  'state.query': object({ job: jobId, actor: ACTOR }),
  /** Asks for one `job.part` of a plan again. */
  'part.get': object({ job: jobId, index: whole(0, PARTS - 1) }),
  /** After the agent's memory went back in time: the epoch to go on with, once the owner said so at the terminal too. */
  resync: object({ epoch: whole(1, MAX_NUMBER), actor: ACTOR }),
  /** Removes pins and the agent's key; never backups, their key, the journal or the audit log. */
  'agent.unpair': object({}),
} as const satisfies Record<string, Schema<unknown>>;

export const ACKNOWLEDGEMENTS = {
  /** All events up to this number are stored for good. */
  'evt.ack': object({ seq: sequence }),
  /** The hub's next certificate, before the present one ends. */
  'cert.update': object({ cert: text('^[A-Za-z0-9_.-]+$', JWS_BYTES.certificate) }),
  /** The hub is about to close: finish sending, connect again. */
  drain: object({}),
} as const satisfies Record<string, Schema<unknown>>;

/** The end of a job that answers with facts. */
export type JobDone = {
  [K in JobsEndingWith<'job.done'>]: {
    readonly job: string;
    readonly type: K;
    readonly result: ResultOf<K>;
    readonly audit: string;
  };
}[JobsEndingWith<'job.done'>];

/** The end of a job that makes a plan. */
export type PlanReady = {
  [K in JobsEndingWith<'plan.ready'>]: {
    readonly job: string;
    readonly type: K;
    readonly plan: string;
    readonly bytes: number;
    readonly parts: number;
    readonly expires: number;
    readonly summary: ResultOf<K>;
  };
}[JobsEndingWith<'plan.ready'>];

const JOB_DONE = either(
  ...JOB_TYPES.filter((type) => JOBS[type].ends === 'job.done').map((type) =>
    object({
      job: jobId,
      type: oneOf(type),
      result: JOBS[type].result as Schema<unknown>,
      /** Head of the agent's hash-chained audit log. */
      audit: digest,
    }),
  ),
) as Schema<JobDone>;

const PLAN_READY = either(
  ...JOB_TYPES.filter((type) => JOBS[type].ends === 'plan.ready').map((type) =>
    object({
      job: jobId,
      type: oneOf(type),
      /** Digest of the plan's bytes. */
      plan: digest,
      bytes: count,
      /** How many `job.part` the bytes travel in; 0: too large, the rest is read at the terminal. */
      parts: whole(0, PARTS),
      expires: time,
      summary: JOBS[type].result as Schema<unknown>,
    }),
  ),
) as Schema<PlanReady>;

/** Kept by the agent until they are acknowledged, in one chain. */
export const DURABLE_EVENTS = {
  'job.accepted': object({ job: jobId }),
  'job.rejected': object({ job: jobId, code: oneOf(...REJECT_CODES) }),
  /** Waits for an answer at the terminal. */
  'job.waiting_local': object({ job: jobId }),
  'plan.ready': PLAN_READY,
  'job.done': JOB_DONE,
  'job.failed': object({ job: jobId, failure: FAILURE }),
  /** `undone`: it had begun and was taken back. */
  'job.cancelled': object({ job: jobId, undone: flag }),
  /** The agent or the machine stopped while the job ran; the person chooses to resume or to roll back. */
  'job.interrupted': object({ job: jobId }, { run: runId, phase }),
  'policy.changed': object({ policy_hash: digest }),
  unpaired: object({}),
} as const satisfies Record<string, Schema<unknown>>;

/** Sent while there is a connection, and lost with it. */
export const PASSING_EVENTS = {
  'job.progress': object({ job: jobId, progress: PROGRESS }),
  /** One piece of a plan's bytes; `sha256` is the piece's own digest. */
  'job.part': object({
    job: jobId,
    index: whole(0, PARTS - 1),
    sha256: digest,
    data: text('^[A-Za-z0-9_-]+$', Math.ceil((PER_AGENT.partBytes * 4) / 3)),
  }),
} as const satisfies Record<string, Schema<unknown>>;

type Table = Readonly<Record<string, Schema<unknown>>>;

/** One message of a table: `t` with the `body` that belongs to it. */
export type MessageOf<Messages extends Table> = {
  [T in keyof Messages & string]: { readonly t: T; readonly body: TypeOf<Messages[T]> };
}[keyof Messages & string];

/** Whether a message is in the table and its body of the form that the table gives. */
export function isMessageOf<Messages extends Table>(
  messages: Messages,
  message: { readonly t: string; readonly body: unknown },
): message is MessageOf<Messages> {
  const schema = Object.hasOwn(messages, message.t) ? messages[message.t] : undefined;
  return schema !== undefined && fits(schema, message.body);
}

export type Command = MessageOf<typeof COMMANDS>;
export type Acknowledgement = MessageOf<typeof ACKNOWLEDGEMENTS>;
export type DurableEvent = MessageOf<typeof DURABLE_EVENTS>;
export type PassingEvent = MessageOf<typeof PASSING_EVENTS>;
