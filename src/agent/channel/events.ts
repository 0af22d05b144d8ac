import { signDurable, signPassing } from '../../protocol/events.ts';
import type { DurableEvent, PassingEvent } from '../../protocol/messages.ts';
import type { System } from '../system.ts';
import type { Identity } from './identity.ts';
import type { Spool } from './spool.ts';

/** Where events go while there is a proven connection. */
export interface EventSink {
  readonly conn: string;
  /** Time for what is signed, also after this connection, until there is another one. */
  now(): Date;
  /** A durable event was added to the spool. */
  spooled(): void;
  /** Passing events, and old ones that are sent once more; lost if the connection is. */
  send(raw: string): void;
}

/** Signs what happens here. Durable events are on the disk before anybody hears of them. */
export class Events {
  readonly #identity: Identity;
  readonly #spool: Spool;
  #sink: EventSink | undefined;
  #now: () => Date;
  #n = 0;

  constructor(system: System, identity: Identity, spool: Spool) {
    this.#now = () => system.now();
    this.#identity = identity;
    this.#spool = spool;
  }

  attach(sink: EventSink): void {
    this.#sink = sink;
    this.#now = () => sink.now();
    this.#n = 0;
  }

  /** Only the connection that is attached can be taken away: an older one may end later. */
  detach(sink: EventSink): void {
    if (this.#sink === sink) this.#sink = undefined;
  }

  emit(event: DurableEvent): void {
    const { agentId, botId, epoch, key } = this.#identity;
    const now = this.#now();
    const place = this.#spool.next;
    const raw = signDurable(event, { agentId, botId, epoch, now, ...place }, key);
    const job = 'job' in event.body ? { job: event.body.job } : {};
    this.#spool.add({ seq: place.seq, at: now.toISOString(), t: event.t, ...job, raw });
    this.#sink?.spooled();
  }

  pass(event: PassingEvent): void {
    const sink = this.#sink;
    if (sink === undefined) return;
    const { agentId, botId, epoch, key } = this.#identity;
    const envelope = { agentId, botId, epoch, now: this.#now(), conn: sink.conn, n: ++this.#n };
    sink.send(signPassing(event, envelope, key));
  }

  /** Sends a job's newest event once more, as it is; what is still on its way comes anyway. False if there is none. */
  repeat(job: string): boolean {
    const event = this.#spool.newestOf(job);
    if (event === undefined) return false;
    if (!this.#spool.pending.includes(event)) this.#sink?.send(event.raw);
    return true;
  }
}
