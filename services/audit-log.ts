import type { AuditRow, NewAuditRow } from './store/records/audit.ts';
import type { Records, Tables } from './store/records/records.ts';

/**
 * What must never happen, or only when somebody interferes, a machine was restored from a snapshot, or we have a fault.
 * Nothing is done about the message that raised one; it is written down, and the operator is told.
 */
export type AlarmName =
  /** A signature, name or epoch that does not fit, after the connection was proven. */
  | 'forged-event'
  /** Events are missing between the last one and this. */
  | 'chain-gap'
  /** The agent remembers less than the bot, or something else. */
  | 'state-regressed'
  /** The agent remembers commands that the bot does not: the bot's records were put back. */
  | 'bot-restored'
  /** Two living copies of one key. */
  | 'two-copies'
  | 'unknown-job'
  /** An end after the end. */
  | 'second-end'
  /** A step that does not lead on from where the job is. */
  | 'illegal-step'
  /** Another type of job than was asked for. */
  | 'wrong-type'
  /** The bytes of a plan are not those that its digest names. */
  | 'wrong-plan'
  /** More was sent in a day than is stored. */
  | 'too-much';

/** Whom it is about. Ids only: names and labels are a person's or a stranger's words. */
export type About = Pick<NewAuditRow, 'guild' | 'agent' | 'job' | 'actor'>;

export interface Alarm extends About {
  readonly name: AlarmName;
  readonly detail: string;
}

export interface AuditLog {
  /** A command as it was signed. */
  command(tables: Tables, raw: string, about: About): Promise<void>;
  /** An event as it came. */
  event(tables: Tables, raw: string, about: About): Promise<void>;
  /** What the bot decided, in our own words. */
  decision(tables: Tables, text: string, about: About): Promise<void>;
  /** Written in the same transaction; the operator is told at once. */
  alarm(tables: Tables, alarm: Alarm): Promise<void>;
  /** The lines of a guild, for its owner or staff; times in ms since 1970. */
  list(guild: string, window: { readonly from: number; readonly to: number }): Promise<AuditRow[]>;
  /** Removes what is older than it is kept. */
  removeOld(): Promise<void>;
}

/** The append-only log of what was signed, heard and decided (channel.md §10). */
export function createAuditLog(records: Records, onAlarm: (alarm: Alarm) => void): AuditLog {
  return {
    command: (tables, raw, about) => tables.audit.append({ ...about, kind: 'command', body: raw }),
    event: (tables, raw, about) => tables.audit.append({ ...about, kind: 'event', body: raw }),
    decision: (tables, text, about) => tables.audit.append({ ...about, kind: 'decision', body: text }),
    async alarm(tables, alarm) {
      const { name, detail, ...about } = alarm;
      await tables.audit.append({ ...about, kind: 'decision', body: `alarm ${name}: ${detail}` });
      onAlarm(alarm);
    },
    list: (guild, window) => records.audit.list(guild, window),
    async removeOld() {
      await records.audit.removeOld();
    },
  };
}
