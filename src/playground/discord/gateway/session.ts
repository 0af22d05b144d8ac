import { randomBytes } from 'node:crypto';
import { type GatewayDispatchEvents, GatewayOpcodes } from 'discord-api-types/v10';
import type { WebSocket } from 'ws';
import type { Traffic } from '../traffic.ts';

/** Events kept for a client that comes back. */
const KEPT_EVENTS = 5000;

interface SentEvent {
  readonly s: number;
  readonly text: string;
}

/** One identified client: its numbered events, kept while it is away so that it can resume. */
export class GatewaySession {
  readonly id = randomBytes(16).toString('hex');
  readonly intents: number;
  readonly #traffic: Traffic;
  readonly #events: SentEvent[] = [];
  #socket: WebSocket | undefined;
  #last = 0;

  constructor(intents: number, socket: WebSocket, traffic: Traffic) {
    this.intents = intents;
    this.#socket = socket;
    this.#traffic = traffic;
  }

  get isConnected(): boolean {
    return this.#socket !== undefined;
  }

  /** Sends an event now, or when the client resumes. */
  dispatch(name: GatewayDispatchEvents | 'READY' | 'RESUMED', data: object): void {
    this.#last += 1;
    const text = JSON.stringify({ op: GatewayOpcodes.Dispatch, t: name, s: this.#last, d: data });
    this.#events.push({ s: this.#last, text });
    if (this.#events.length > KEPT_EVENTS) this.#events.shift();
    this.#send(text);
  }

  /** Sends what came after event number `last` once more, then that this was all. */
  resume(socket: WebSocket, last: number): void {
    this.#socket = socket;
    for (const { s, text } of [...this.#events]) if (s > last) this.#send(text);
    this.dispatch('RESUMED', {});
  }

  /** The connection is gone; the session stays. */
  detach(socket: WebSocket): void {
    if (this.#socket === socket) this.#socket = undefined;
  }

  get socket(): WebSocket | undefined {
    return this.#socket;
  }

  #send(text: string): void {
    if (this.#socket === undefined) return;
    this.#traffic.record({ from: 'discord', over: 'gateway', about: '', text });
    this.#socket.send(text);
  }
}
