/**
 * Every table that the bot keeps. Columns are snake_case in the database and camelCase here (Kysely's CamelCasePlugin).
 *
 * - Every id is TEXT: Discord's are larger than 2^53, ours are `ag_…` or opaque.
 * - Every time is whole milliseconds since 1970, in a column of 64 bits.
 * - JSON is TEXT, written and read by `json.ts`.
 */
export interface Database {
  readonly agents: AgentTable;
  readonly outbox: OutboxTable;
  readonly inbox: InboxTable;
  readonly jobs: JobTable;
  readonly plans: PlanTable;
  readonly approvals: ApprovalTable;
  readonly components: ComponentTable;
  readonly stories: StoryTable;
  readonly events: EventTable;
  readonly pairings: PairingTable;
  readonly codeTries: CodeTryTable;
  readonly audit: AuditTable;
  readonly settings: SettingTable;
  readonly cache: CacheTable;
}

/** A person's machine. */
export interface AgentTable {
  id: string;
  guild: string;
  owner: string;
  label: string;
  os: string;
  /** JSON of the public key. */
  jwk: string;
  /** RFC 7638. */
  thumbprint: string;
  /** Counts the pairings and resynchronisations of this machine, from 1. */
  epoch: number;
  state: AgentState;
  pairedAt: number;
  /** Null until the first proven handshake of this pairing. */
  lastRoundTripAt: number | null;
  agentVersion: string | null;
  /** The largest command number given out, over all epochs. */
  lastCommand: number;
}
export type AgentState = 'active' | 'suspended' | 'revoked';

/** A signed command, kept as it is sent. */
export interface OutboxTable {
  agent: string;
  epoch: number;
  seq: number;
  /** `job.run`, `job.cancel`, `state.query`, … */
  command: string;
  job: string | null;
  raw: string;
  state: OutboxState;
  createdAt: number;
  expiresAt: number;
  /** When it was last handed to a connection; null if never. */
  sentAt: number | null;
}
export type OutboxState = 'queued' | 'sent' | 'accepted' | 'rejected' | 'expired';

/** A signed event, kept as it came. */
export interface InboxTable {
  agent: string;
  epoch: number;
  seq: number;
  event: string;
  /** As the event says: not yet known to be a job of that agent. */
  job: string | null;
  raw: string;
  receivedAt: number;
  /** Null until it was acted on. */
  handledAt: number | null;
}

export interface JobTable {
  id: string;
  agent: string;
  type: string;
  guild: string;
  owner: string;
  actor: string;
  state: JobState;
  /** The digest of the plan that it made or carries out. */
  plan: string | null;
  /** JSON. */
  result: string | null;
  errorCode: string | null;
  createdAt: number;
  endedAt: number | null;
}
export type JobState =
  | 'queued'
  | 'accepted'
  | 'waiting'
  | 'running'
  | 'done'
  | 'failed'
  | 'rejected'
  | 'cancelled'
  | 'interrupted';

export interface PlanTable {
  /** SHA-256 of `bytes` in hex. */
  digest: string;
  agent: string;
  /** The job that made it. */
  job: string;
  bytes: Uint8Array;
  createdAt: number;
  expiresAt: number;
  usedByJob: string | null;
}

export interface ApprovalTable {
  id: string;
  user: string;
  guild: string;
  /** Null until the message with its button was posted. */
  message: string | null;
  agent: string;
  jobType: string;
  plan: string;
  /** The phase of the migration up to which it is for; null for all of it. */
  pauseAfter: string | null;
  createdAt: number;
  /** The click that used it. */
  interaction: string | null;
  usedAt: number | null;
}

/** What a button or menu stands for. */
export interface ComponentTable {
  id: string;
  route: string;
  guild: string;
  /** Null: anyone in the guild whom the handler lets. */
  owner: string | null;
  /** JSON. */
  data: string;
  createdAt: number;
  expiresAt: number;
}

export interface StoryTable {
  id: string;
  guild: string;
  owner: string;
  /** Where the card is; null while it is only in an interaction's answer. */
  channel: string | null;
  /** The private thread, where there is one; it holds one story. */
  thread: string | null;
  /** The message that is redrawn. */
  card: string | null;
  agent: string | null;
  job: string | null;
  /** JSON of the wizard. */
  state: string;
  /** Counts the changes, so that of two presses at once the second sees the first. */
  version: number;
  createdAt: number;
  updatedAt: number;
  endedAt: number | null;
}

export interface EventTable {
  id: string;
  at: number;
  guild: string;
  kind: EventKind;
  method: string | null;
  segment: string | null;
  durationMs: number | null;
  code: string | null;
  story: string | null;
}
export type EventKind = 'attempt' | 'success' | 'failed' | 'rolled_back' | 'postponed' | 'abandoned';

export interface PairingTable {
  id: string;
  guild: string;
  user: string;
  words: string;
  host: string;
  osUser: string;
  /** T: the hash over the frames of this pairing. */
  transcript: string;
  state: PairingState;
  createdAt: number;
  expiresAt: number;
  /** HMAC of the code of another machine, whose guild and user are empty until it is claimed; null on the same machine. */
  codeHash: string | null;
}

/** A code that somebody tried. */
export interface CodeTryTable {
  id: string;
  user: string;
  guild: string;
  at: number;
}
export type PairingState = 'pending' | 'confirmed' | 'refused' | 'abandoned';

export interface AuditTable {
  id: string;
  at: number;
  guild: string | null;
  agent: string | null;
  job: string | null;
  actor: string | null;
  kind: AuditKind;
  /** A raw JWS, or the decision in words. */
  body: string;
}
export type AuditKind = 'command' | 'event' | 'decision';

export interface SettingTable {
  guild: string;
  key: string;
  /** JSON. */
  value: string;
  updatedAt: number;
}

export interface CacheTable {
  namespace: string;
  key: string;
  value: string;
  expiresAt: number | null;
}

/** Whose things are looked up. Every look-up for a person has one: an id alone opens nothing. */
export interface Scope {
  readonly guild: string;
  readonly owner: string;
}

/** Who pressed something, and where. Buttons are looked up with it. */
export interface Presser {
  readonly guild: string;
  readonly user: string;
}
