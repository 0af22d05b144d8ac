import { signAcknowledgement } from '../../src/protocol/acknowledgements.ts';
import type { Clock } from '../../src/protocol/clock.ts';
import { textOf } from '../../src/protocol/handshake-frames.ts';
import type { HubSession } from '../../src/protocol/hub-handshake.ts';
import { PER_AGENT, TRANSPORT } from '../../src/protocol/limits.ts';
import type { Acknowledgement, PassingEvent } from '../../src/protocol/messages.ts';
import type { Agent } from '../store/records/agents.ts';
import type { Records } from '../store/records/records.ts';
import type { Connection, FrameHandler } from './connection.ts';
import type { BotIdentity } from './identity.ts';
import type { Intake } from './intake.ts';
import { Pace } from './pace.ts';

export interface SessionDeps {
  readonly records: Records;
  readonly identity: BotIdentity;
  readonly clock: Clock;
  /** An event was stored. */
  readonly onStored: (agent: string) => void;
  readonly onPassing: (agent: string, event: PassingEvent) => Promise<void>;
  /** The machine was suspended: whoever speaks for it is to be closed. */
  readonly onSuspended: (agent: string) => void;
  readonly onFault: (error: unknown) => void;
  readonly onClose: (session: Session) => void;
}

/** A proven connection with one agent: commands go out in order, events come in and are acknowledged. */
export class Session implements FrameHandler {
  readonly agent: Agent;
  readonly #deps: SessionDeps;
  readonly #connection: Connection;
  readonly #proven: HubSession;
  readonly #intake: Intake;
  readonly #pace = new Pace(PER_AGENT.eventsPerSecond);
  /** Number of the last command that this agent has, or was sent on this connection. */
  #sent: number;
  /** Counts what this hub says on this connection. */
  #n = 0;
  #pingAt: number;
  #delivery: Promise<void> = Promise.resolve();
  #noting: Promise<void> = Promise.resolve();

  constructor(deps: SessionDeps, connection: Connection, agent: Agent, proven: HubSession, intake: Intake) {
    this.#deps = deps;
    this.#connection = connection;
    this.agent = agent;
    this.#proven = proven;
    this.#intake = intake;
    this.#sent = proven.admission.cmdAfter;
    this.#pingAt = this.#nextPing();
  }

  get hasRegressed(): boolean {
    return this.#intake.hasRegressed;
  }

  async onFrame(frame: Buffer): Promise<void> {
    await this.#pace.turn();
    if (this.#connection.isOver) return;
    const { ack, stored, passing, close, suspended } = await this.#intake.take(textOf(frame));
    if (ack !== undefined) this.#say({ t: 'evt.ack', body: { seq: ack } });
    if (stored === true) this.#deps.onStored(this.agent.id);
    if (passing !== undefined) await this.#deps.onPassing(this.agent.id, passing);
    if (close !== undefined) this.#connection.close(close);
    if (suspended === true) this.#deps.onSuspended(this.agent.id);
  }

  onPong(): void {
    this.#noting = this.#noteRoundTrip().catch(this.#deps.onFault);
  }

  onClose(): void {
    this.#pace.tick();
    this.#deps.onClose(this);
  }

  /** Sends what waits in the outbox, in order. Called at any time; one delivery follows the other. */
  async deliver(): Promise<void> {
    this.#delivery = this.#delivery.then(() => this.#deliver()).catch(this.#deps.onFault);
    await this.#delivery;
  }

  /**
   * The machine was paired again, suspended or revoked, or may have been. One that its owner revoked is told so with the
   * last command that was signed for it; nothing else reaches it any more.
   */
  async agentChanged(): Promise<void> {
    const { id, epoch, thumbprint } = this.agent;
    const now = await this.#deps.records.agents.claimed(id);
    if (now?.state === 'active' && now.epoch === epoch && now.thumbprint === thumbprint) return;
    await this.deliver();
    this.#connection.close('REVOKED');
  }

  /** Called every second: pings, drops who is silent, lets waiting frames go on. */
  tick(): void {
    this.#pace.tick();
    if (this.#connection.silence >= TRANSPORT.silenceMs) this.#connection.terminate();
    if (this.#connection.isOver || this.#deps.clock.elapsed() < this.#pingAt) return;
    this.#pingAt = this.#nextPing();
    this.#connection.ping();
  }

  newCertificate(cert: string): void {
    this.#say({ t: 'cert.update', body: { cert } });
  }

  /** A newer connection of the same agent was proven. */
  replace(): void {
    this.#connection.close('REPLACED');
  }

  /** This hub is going away. */
  drain(): void {
    this.#say({ t: 'drain', body: {} });
    this.#connection.close('DRAIN');
  }

  /** Resolves when nothing of it uses the records any more. To be called once the connection is over. */
  async settled(): Promise<void> {
    await this.#noting;
    await this.#delivery;
  }

  async #deliver(): Promise<void> {
    const { records } = this.#deps;
    const { id } = this.agent;
    if (this.hasRegressed || this.#connection.isOver) return;
    const agent = await records.agents.claimed(id);
    for (const { seq, command, raw } of await records.outbox.rowsAbove(id, this.#sent)) {
      if (agent?.state !== 'active' && command !== 'agent.unpair') continue;
      if (this.#connection.isOver) return;
      // Settled meanwhile, such as cancelled before it ever left.
      if (!(await records.outbox.markSent(id, seq))) continue;
      this.#connection.send(raw);
      this.#sent = seq;
    }
  }

  async #noteRoundTrip(): Promise<void> {
    const { id, epoch } = this.agent;
    const isSame = await this.#deps.records.agents.noteRoundTrip(id, epoch, this.#proven.proof.ver);
    if (!isSame) await this.agentChanged();
  }

  #say(message: Acknowledgement): void {
    const { identity, clock } = this.#deps;
    const { conn } = this.#proven.admission;
    const { botId, hub } = identity;
    const { id: agentId, epoch } = this.agent;
    this.#n++;
    const envelope = { botId, agentId, epoch, conn, n: this.#n, now: clock.now() };
    this.#connection.send(signAcknowledgement(message, envelope, hub));
  }

  #nextPing(): number {
    const { pingMs, pingJitterMs } = TRANSPORT;
    return this.#deps.clock.elapsed() + pingMs + (Math.random() * 2 - 1) * pingJitterMs;
  }
}
