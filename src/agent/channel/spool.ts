import { type Digest, eventDigest, NO_EVENT } from '../../protocol/digest.ts';
import type { ChainPlace } from '../../protocol/events.ts';
import { PER_AGENT } from '../../protocol/limits.ts';
import type { System } from '../system.ts';
import { RecordFile } from './record-file.ts';

/** A durable event as it was signed. */
export interface SpooledEvent {
  readonly seq: number;
  /** ISO 8601. */
  readonly at: string;
  readonly t: string;
  readonly job?: string;
  readonly raw: string;
}

type SpoolRecord = SpooledEvent | { readonly acknowledged: number };

const DAY_MS = 86_400_000;

/**
 * Durable events, in one chain, until the hub has stored them for good; of each job the newest stays for 90 days, to be
 * sent again when somebody asks.
 */
export class Spool {
  readonly #file: RecordFile<SpoolRecord>;
  readonly #newest = new Map<string, SpooledEvent>();
  #pending: SpooledEvent[] = [];
  #last: SpooledEvent | undefined;
  #acknowledged = 0;

  private constructor(file: RecordFile<SpoolRecord>) {
    this.#file = file;
    for (const record of file.records) this.#remember(record);
  }

  /** @throws CHANNEL_RECORDS_DAMAGED */
  static open(system: System, path: string): Spool {
    const file = RecordFile.open<SpoolRecord>(system, path);
    const spool = new Spool(file);
    const kept = spool.#worthKeeping(system.now());
    if (kept.length + 1 >= file.records.length) return spool;
    file.replace([{ acknowledged: spool.#acknowledged }, ...kept]);
    return new Spool(file);
  }

  /** Where the next event stands in the chain. */
  get next(): ChainPlace {
    return { seq: this.newestNumber + 1, prev: this.tail };
  }

  /** Number of the newest event; 0 before the first. */
  get newestNumber(): number {
    return this.#last?.seq ?? 0;
  }

  get tail(): Digest {
    return this.#last === undefined ? NO_EVENT : eventDigest(this.#last.raw);
  }

  /** What the hub has not stored yet, in order. */
  get pending(): readonly SpooledEvent[] {
    return this.#pending;
  }

  /** No new jobs any more; what runs still ends, since ends are never dropped. */
  get isFull(): boolean {
    return this.#pending.reduce((sum, { raw }) => sum + raw.length, 0) >= PER_AGENT.spoolBytes;
  }

  newestOf(job: string): SpooledEvent | undefined {
    return this.#newest.get(job);
  }

  /** It is on the disk when this returns. */
  add(event: SpooledEvent): void {
    this.#file.append(event);
    this.#remember(event);
  }

  /** The hub has stored everything up to this number. Numbers that were never given out change nothing. */
  acknowledge(seq: number): void {
    if (seq <= this.#acknowledged || seq > this.newestNumber) return;
    const record = { acknowledged: seq };
    this.#file.append(record);
    this.#remember(record);
  }

  close(): void {
    this.#file.close();
  }

  #remember(record: SpoolRecord): void {
    if ('acknowledged' in record) {
      this.#acknowledged = record.acknowledged;
      this.#pending = this.#pending.filter(({ seq }) => seq > record.acknowledged);
      return;
    }
    this.#last = record;
    if (record.seq > this.#acknowledged) this.#pending.push(record);
    if (record.job !== undefined) this.#newest.set(record.job, record);
  }

  #worthKeeping(now: Date): SpooledEvent[] {
    const oldest = now.getTime() - PER_AGENT.memoryDays * DAY_MS;
    return this.#file.records.flatMap((record) => {
      if ('acknowledged' in record) return [];
      const { seq, job, at } = record;
      const isNeeded = seq > this.#acknowledged || record === this.#last;
      const isNewest = job !== undefined && this.#newest.get(job) === record && Date.parse(at) >= oldest;
      return isNeeded || isNewest ? [record] : [];
    });
  }
}
