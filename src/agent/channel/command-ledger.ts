import type { Digest } from '../../protocol/digest.ts';
import { PER_AGENT } from '../../protocol/limits.ts';
import type { RejectCode } from '../../protocol/reject-codes.ts';
import type { System } from '../system.ts';
import { RecordFile } from './record-file.ts';

/** One command that was taken, or refused after it was known to be the bot's. On the disk before anything is done. */
export interface LedgerRecord {
  readonly seq: number;
  /** ISO 8601. */
  readonly at: string;
  readonly t: string;
  readonly decision: 'accepted' | 'repeated' | RejectCode;
  readonly job?: string;
  readonly type?: string;
  /** Of the command's body: tells the same job asked for again from another one under its id. */
  readonly digest?: Digest;
  /** Run that a job goes on with or takes back. */
  readonly run?: string;
  /** Of a write: its approval, used up from here on. */
  readonly plan?: Digest;
  readonly interaction?: string;
  /** The command as it came. */
  readonly raw: string;
}

const DAY_MS = 86_400_000;

/** The agent's memory of commands, for 90 days. Its newest number is remembered for ever. */
export class CommandLedger {
  readonly #file: RecordFile<LedgerRecord>;
  readonly #jobs = new Map<string, LedgerRecord>();
  readonly #raws = new Set<string>();
  readonly #plans = new Set<string>();
  readonly #interactions = new Set<string>();
  #last = 0;

  private constructor(file: RecordFile<LedgerRecord>) {
    this.#file = file;
    for (const record of file.records) this.#remember(record);
  }

  /** Forgets what is older than 90 days. @throws CHANNEL_RECORDS_DAMAGED */
  static open(system: System, path: string): CommandLedger {
    const file = RecordFile.open<LedgerRecord>(system, path);
    const oldest = system.now().getTime() - PER_AGENT.memoryDays * DAY_MS;
    const newest = Math.max(0, ...file.records.map(({ seq }) => seq));
    const kept = file.records.filter(({ at, seq }) => Date.parse(at) >= oldest || seq === newest);
    if (kept.length < file.records.length) file.replace(kept);
    return new CommandLedger(file);
  }

  /** Number of the last command; only larger ones are taken. */
  get last(): number {
    return this.#last;
  }

  /** The first record of a job. */
  job(id: string): LedgerRecord | undefined {
    return this.#jobs.get(id);
  }

  /** Jobs that were accepted, the oldest first. */
  get accepted(): readonly LedgerRecord[] {
    return [...this.#jobs.values()].filter(({ decision }) => decision === 'accepted');
  }

  /** Exactly this command was here before. */
  holds(raw: string): boolean {
    return this.#raws.has(raw);
  }

  isPlanUsed(plan: Digest): boolean {
    return this.#plans.has(plan);
  }

  isInteractionUsed(interaction: string): boolean {
    return this.#interactions.has(interaction);
  }

  /** One record, one sync: number, job, digest, command, and the approval that it uses up. */
  add(record: LedgerRecord): void {
    this.#file.append(record);
    this.#remember(record);
  }

  close(): void {
    this.#file.close();
  }

  #remember(record: LedgerRecord): void {
    this.#last = Math.max(this.#last, record.seq);
    this.#raws.add(record.raw);
    if (record.job !== undefined && record.t === 'job.run' && !this.#jobs.has(record.job))
      this.#jobs.set(record.job, record);
    if (record.decision !== 'accepted') return;
    if (record.plan !== undefined) this.#plans.add(record.plan);
    if (record.interaction !== undefined) this.#interactions.add(record.interaction);
  }
}
