import type { Clock } from '../../src/protocol/clock.ts';
import type { CloseName } from '../../src/protocol/close-codes.ts';
import { type Digest, eventDigest, NO_EVENT } from '../../src/protocol/digest.ts';
import { type ReceivedDurable, verifyEvent } from '../../src/protocol/events.ts';
import type { Proof } from '../../src/protocol/handshake-frames.ts';
import { unverifiedClaims } from '../../src/protocol/jws.ts';
import type { DurableEvent, PassingEvent } from '../../src/protocol/messages.ts';
import type { RejectCode } from '../../src/protocol/reject-codes.ts';
import type { AlarmName, AuditLog } from '../audit-log.ts';
import type { Agent } from '../store/records/agents.ts';
import type { Records, Tables } from '../store/records/records.ts';
import type { DayBudget } from './day-budget.ts';

/** What becomes of one frame: all of them may be absent. */
export interface Taken {
  /** Acknowledge all events up to this number. */
  readonly ack?: number;
  /** A durable event that was not there before is stored. */
  readonly stored?: boolean;
  readonly passing?: PassingEvent;
  readonly close?: CloseName;
  /** The machine was suspended: its other connections end, too. */
  readonly suspended?: boolean;
}

export interface IntakeDeps {
  readonly records: Records;
  readonly audit: AuditLog;
  readonly budget: DayBudget;
  readonly botId: string;
  readonly clock: Clock;
}

/** Events after which nothing follows for a job or pairing; taken however much was stored that day. */
const ENDS: readonly DurableEvent['t'][] = [
  'job.rejected',
  'plan.ready',
  'job.done',
  'job.failed',
  'job.cancelled',
  'job.interrupted',
  'unpaired',
];

/**
 * Events of one proven connection: verified, stored as they came, and only then to be acknowledged (channel.md §7).
 * Whether a job is that agent's, and may take the step, is looked at by whoever acts on the stored events.
 */
export class Intake {
  readonly #deps: IntakeDeps;
  readonly #agent: Agent;
  readonly #conn: string;
  #last: { seq: number; digest: Digest };
  #n = 0;
  #hasRegressed = false;

  private constructor(deps: IntakeDeps, agent: Agent, conn: string, last: { seq: number; digest: Digest }) {
    this.#deps = deps;
    this.#agent = agent;
    this.#conn = conn;
    this.#last = last;
  }

  /** From where the records are. An agent that remembers less, or another history, is not listened to. */
  static async open(deps: IntakeDeps, agent: Agent, conn: string, proof: Proof): Promise<Intake> {
    const { inbox } = deps.records;
    const seq = await inbox.lastAcknowledged(agent.id, agent.epoch);
    const newest = seq === 0 ? undefined : await inbox.find(agent.id, agent.epoch, seq);
    const digest = newest === undefined ? NO_EVENT : eventDigest(newest.raw);
    const intake = new Intake(deps, agent, conn, { seq, digest });
    if (proof.evt_hi < seq || (proof.evt_hi === seq && proof.evt_tail !== digest))
      await intake.#regress(
        'state-regressed',
        `the agent is at event ${proof.evt_hi}, the records are at ${seq}`,
      );
    return intake;
  }

  /** Its memory or ours went back in time: nothing is sent to it and nothing taken, until it is paired again. */
  get hasRegressed(): boolean {
    return this.#hasRegressed;
  }

  /** Number of the last event that is stored. */
  get lastSeq(): number {
    return this.#last.seq;
  }

  async take(raw: string): Promise<Taken> {
    if (this.#hasRegressed) return {};
    const { clock, botId, budget } = this.#deps;
    const { id: agentId, jwk: agent, epoch } = this.#agent;
    const verified = await verifyEvent(raw, {
      agent,
      agentId,
      botId,
      now: clock.now(),
      epoch,
      last: this.#last,
      connection: { conn: this.#conn, n: this.#n },
    });
    if (!verified.ok) return await this.#refuse(raw, verified.code);
    const isWithin = budget.spend(agentId, raw.length);
    if (verified.durable) {
      if (isWithin || ENDS.includes(verified.event.t)) return await this.#store(raw, verified);
      await this.#alarm('too-much', 'the storage of a day is used up');
      return { close: 'RATE' };
    }
    this.#n = verified.n;
    return isWithin || verified.event.t !== 'job.part' ? { passing: verified.event } : {};
  }

  async #store(raw: string, { seq, digest, event }: ReceivedDurable): Promise<Taken> {
    const { records, audit } = this.#deps;
    const { id, epoch, guild, thumbprint } = this.#agent;
    const job = 'job' in event.body ? event.body.job : null;
    const outcome = await records.transaction(async (tables) => {
      const now = await tables.agents.claimed(id);
      const isSame = now?.state === 'active' && now.epoch === epoch && now.thumbprint === thumbprint;
      if (!isSame) return 'barred';
      const put = await tables.inbox.put({ agent: id, epoch, seq, event: event.t, job, raw });
      if (put === 'new')
        await audit.event(tables, raw, { guild, agent: id, ...(job === null ? {} : { job }) });
      if (put === 'conflict') await this.#suspend(tables, seq);
      return put;
    });
    if (outcome === 'barred') return { close: 'REVOKED' };
    if (outcome === 'conflict') return { close: 'REVOKED', suspended: true };
    this.#last = { seq, digest };
    return { ack: seq, stored: outcome === 'new' };
  }

  async #refuse(raw: string, code: RejectCode): Promise<Taken> {
    switch (code) {
      case 'REPLAY':
        return await this.#again(raw);
      case 'STATE_REGRESSED':
        await this.#regress('chain-gap', `the next event does not follow on event ${this.#last.seq}`);
        return {};
      case 'BAD_SIGNATURE':
      case 'WRONG_TYPE':
      case 'WRONG_AUDIENCE':
      case 'EPOCH':
        await this.#alarm('forged-event', code);
        return { close: 'AUTH_FAILED' };
      default:
        return { close: 'BAD_FRAME' };
    }
  }

  /** A number that was used: the same event once more is acknowledged, another one comes from a second copy of the key. */
  async #again(raw: string): Promise<Taken> {
    const { records } = this.#deps;
    const { id, epoch } = this.#agent;
    const seq = unverifiedClaims(raw)?.['seq'];
    // A passing event of another connection, or one that is older than the last.
    if (typeof seq !== 'number') return { close: 'BAD_FRAME' };
    const stored = await records.inbox.find(id, epoch, seq);
    if (stored?.raw === raw) return { ack: this.#last.seq };
    await records.transaction((tables) => this.#suspend(tables, seq));
    return { close: 'REVOKED', suspended: true };
  }

  async #suspend(tables: Tables, seq: number): Promise<void> {
    const { id: agent, epoch, guild } = this.#agent;
    await tables.agents.suspend(agent, epoch);
    const detail = `two different events have the number ${seq}; the machine is suspended`;
    await this.#deps.audit.alarm(tables, { name: 'two-copies', guild, agent, detail });
  }

  async #regress(name: AlarmName, detail: string): Promise<void> {
    this.#hasRegressed = true;
    await this.#alarm(name, `${detail}; nothing is taken from it until it is paired again`);
  }

  async #alarm(name: AlarmName, detail: string): Promise<void> {
    const { records, audit } = this.#deps;
    const { id: agent, guild } = this.#agent;
    await audit.alarm(records, { name, guild, agent, detail });
  }
}
