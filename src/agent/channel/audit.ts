import { type Digest, digestOf } from '../../protocol/digest.ts';
import { PER_AGENT } from '../../protocol/limits.ts';
import type { ReadSystem, System } from '../system.ts';
import { RecordFile, readRecords } from './record-file.ts';

/** What happened, in words of ours and ids; never a text from a message, a path or a name. */
export interface AuditEntry {
  readonly what:
    | 'paired'
    | 'unpaired'
    | 'connected'
    | 'command'
    | 'job-ended'
    | 'foreign-frame'
    | 'state-regressed';
  /** `accepted`, `repeated`, a reject code, or how a job ended. */
  readonly decision?: string;
  readonly t?: string;
  readonly seq?: number;
  readonly job?: string;
  readonly type?: string;
  readonly user?: string;
  readonly plan?: Digest;
}

export interface AuditRecord extends AuditEntry {
  /** Counted from 1 without gaps. */
  readonly n: number;
  /** ISO 8601. */
  readonly at: string;
  /** Digest of the record before; of the first one ever, of nothing. */
  readonly prev: Digest;
}

const FIRST: Digest = digestOf('');
const DAY_MS = 86_400_000;

/** What this computer was asked and what it decided: JSON lines, each with the digest of the one before; 90 days. */
export class AuditLog {
  readonly #system: System;
  readonly #file: RecordFile<AuditRecord>;

  private constructor(system: System, file: RecordFile<AuditRecord>) {
    this.#system = system;
    this.#file = file;
  }

  /** @throws CHANNEL_RECORDS_DAMAGED */
  static open(system: System, path: string): AuditLog {
    const file = RecordFile.open<AuditRecord>(system, path);
    const oldest = system.now().getTime() - PER_AGENT.memoryDays * DAY_MS;
    const first = file.records.findIndex(({ at }) => Date.parse(at) >= oldest);
    // The newest stays whatever its age: the chain goes on from it.
    const from = first < 0 ? file.records.length - 1 : first;
    if (from > 0) file.replace(file.records.slice(from));
    return new AuditLog(system, file);
  }

  /** Digest of the newest record; travels with the end of each job, so that a log cut off later is noticed. */
  get head(): Digest {
    const last = this.#file.records.at(-1);
    return last === undefined ? FIRST : digestOf(JSON.stringify(last));
  }

  add(entry: AuditEntry): void {
    const n = (this.#file.records.at(-1)?.n ?? 0) + 1;
    this.#file.append({ n, at: this.#system.now().toISOString(), prev: this.head, ...entry });
  }

  close(): void {
    this.#file.close();
  }
}

export interface AuditVerdict {
  readonly ok: boolean;
  readonly records: number;
  /** Digest of the newest record. */
  readonly head: Digest;
  /** Number of the first record that does not follow from the one before. */
  readonly brokenAt?: number;
}

/** Whether each record follows from the one before. What was removed at the front after 90 days is no break. */
export function verifyAudit(system: ReadSystem, path: string): AuditVerdict {
  const records = readRecords<AuditRecord>(system, path);
  const digests = records.map((record) => digestOf(JSON.stringify(record)));
  const broken = records.findIndex(({ n, prev }, index) => {
    const before = records[index - 1];
    if (before === undefined) return n === 1 && prev !== FIRST;
    return n !== before.n + 1 || prev !== digests[index - 1];
  });
  return {
    ok: broken < 0,
    records: records.length,
    head: digests.at(-1) ?? FIRST,
    ...(broken < 0 ? {} : { brokenAt: records[broken]?.n ?? 0 }),
  };
}
