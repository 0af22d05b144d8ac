/**
 * What commands may ask of the running bot. Each interface is implemented by the file of its name in this folder;
 * `src/bot.ts` puts them together. Everything is scoped by `Owner`: nobody sees or moves another person's things.
 */
import type { PausePhase } from '../src/protocol/facts.ts';

/** A person in a server. A machine is used and shown only in the guild that it was paired in. */
export interface Owner {
  readonly guild: string;
  readonly user: string;
}

/** A press or a typed command, as the agent will check it. Ids are snowflakes, `at` is ms since 1970. */
export interface Actor extends Owner {
  readonly interaction: string;
  readonly at: number;
}

export interface Machine {
  /** `ag_…` */
  readonly id: string;
  readonly label: string;
  readonly os: string;
  readonly agentVersion: string;
  /** Connected now. Screens show the last proven round trip, not this word. */
  readonly connected: boolean;
  /** Time of the last proven round trip, ms since 1970. */
  readonly lastRoundTrip: number | undefined;
}

export interface Machines {
  list(owner: Owner): Promise<readonly Machine[]>;
  find(owner: Owner, id: string): Promise<Machine | undefined>;
  /** Kills the machine's key and tells it, if it is connected. False if there is no such machine. */
  revoke(owner: Owner, id: string): Promise<boolean>;
  /** Where agents connect, as they name it: `unix:…`, `ws://127.0.0.1:…`, `wss://…`. */
  readonly addresses: readonly string[];
  /** What other computers connect to; undefined where none can. */
  readonly publicUrl: string | undefined;
}

/** A computer that asks to be linked. The words are shown on both sides. */
export interface PairingRequest {
  readonly id: string;
  /** On the bot's own machine the bot's owner is asked; from elsewhere whoever types the code, who is shown six digits then. */
  readonly from: 'here' | 'elsewhere';
  readonly host: string;
  readonly osUser: string;
  readonly label: string;
  readonly words: readonly string[];
  /** ms since 1970 */
  readonly expires: number;
}

/** A computer that was claimed by its code. */
export interface ClaimedMachine {
  /** Six digits, for this person alone: the computer's terminal asks for them. */
  readonly digits: string;
  /** Resolves when the computer is linked, or will not be. */
  readonly ended: Promise<'paired' | 'gone'>;
}

export interface Pairings {
  /** Open requests of the bot's own machine that this person may answer: OWNER_ID alone. */
  open(owner: Owner): Promise<readonly PairingRequest[]>;
  /** `gone`: it expired, was refused, or somebody else's. A request from elsewhere can only be refused like this. */
  answer(actor: Actor, id: string, yes: boolean): Promise<'paired' | 'refused' | 'gone'>;
  /** The computer whose terminal shows this code, as it was typed. `locked`: too many codes were tried. */
  byCode(actor: Actor, code: string): Promise<PairingRequest | 'unknown' | 'locked'>;
  /** "This is my computer": the first who says so has it. `full`: this person has as many machines as one may have. */
  claim(actor: Actor, id: string): Promise<ClaimedMachine | 'gone' | 'full'>;
  /** Told when a request appears or ends, so that a card can be redrawn. Returns the unsubscriber. */
  onChange(
    listener: (request: PairingRequest, state: 'open' | 'paired' | 'refused' | 'expired') => void,
  ): () => void;
}

/** Kinds of work that a machine does; the closed list of `src/protocol/messages.ts`. */
export type JobType =
  | 'assess'
  | 'plan'
  | 'apply'
  | 'status'
  | 'rollback-preview'
  | 'rollback'
  | 'resume'
  | 'undo'
  | 'check'
  | 'backups'
  | 'verify'
  | 'export'
  | 'import-plan';

export type JobState =
  | 'queued'
  | 'accepted'
  | 'waiting'
  | 'running'
  | 'done'
  | 'failed'
  | 'rejected'
  | 'cancelled'
  | 'interrupted'
  | 'expired';

export interface Job {
  readonly id: string;
  readonly type: JobType;
  readonly machine: string;
  readonly state: JobState;
  /** The body of its last event: facts that may leave the machine. */
  readonly result: Readonly<Record<string, unknown>> | undefined;
  /** `AWM-…` and the name of the error row, when it failed or was rejected. */
  readonly error: { readonly code: string; readonly name: string } | undefined;
  readonly progress: JobProgress | undefined;
  /** Digest of the plan that it made or carried out. */
  readonly plan: string | undefined;
}

export interface JobProgress {
  readonly phase: string;
  readonly n: number;
  readonly of: number;
}

/** What a press on Approve signs for: one plan, one kind of job, once. */
export interface ApprovalSlot {
  /** Opaque id in the button. */
  readonly id: string;
  readonly plan: string;
  readonly job: JobType;
  readonly machine: string;
}

export interface Jobs {
  /** Queues work that reads. Rejected at once when the machine is not this person's. */
  start(
    actor: Actor,
    machine: string,
    type: JobType,
    params?: Readonly<Record<string, unknown>>,
  ): Promise<Job>;
  /** Makes the slot that an Approve button points to. With `pauseAfter` it is for the phases up to that one. */
  offerApproval(
    owner: Owner,
    machine: string,
    type: JobType,
    plan: string,
    message: string,
    pauseAfter?: PausePhase,
  ): Promise<ApprovalSlot>;
  /**
   * Uses a slot and queues the writing job. `again`: that press or plan was used before; `gone`: no such slot of this
   * person; `stale`: the approval is older than 10 minutes.
   */
  approve(actor: Actor, slot: string, message: string): Promise<Job | 'again' | 'gone' | 'stale'>;
  cancel(actor: Actor, job: string): Promise<boolean>;
  find(owner: Owner, job: string): Promise<Job | undefined>;
  /** The rendered text of a plan: what the digest names. */
  planText(owner: Owner, digest: string): Promise<string | undefined>;
  /** Told at every change of a job, latest state. Returns the unsubscriber. */
  onChange(listener: (job: Job, owner: Owner) => void): () => void;
}

/** Figures of a window of time. Rates carry their n. */
export interface MetricsSummary {
  readonly attempts: number;
  readonly successes: number;
  readonly failed: number;
  readonly rolledBack: number;
  readonly abandoned: number;
  readonly postponed: number;
  /** Median duration of successes in ms; undefined without one. */
  readonly medianMs: number | undefined;
  readonly methods: Readonly<Record<string, number>>;
  readonly segments: Readonly<Record<string, number>>;
  readonly codes: readonly { readonly code: string; readonly count: number }[];
}

export interface Metrics {
  record(event: MetricsEvent): Promise<void>;
  summary(guild: string, from: number, to: number): Promise<MetricsSummary>;
  onChange(listener: (guild: string) => void): () => void;
}

export interface MetricsEvent {
  readonly kind: 'attempt' | 'success' | 'failed' | 'rolled_back' | 'postponed' | 'abandoned';
  readonly guild: string;
  readonly at: number;
  readonly method: string;
  readonly segment: string;
  readonly durationMs?: number;
  readonly code?: string;
  /** Ties the events of one migration together. */
  readonly story: string;
}
