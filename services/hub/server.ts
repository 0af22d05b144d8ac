import type { Clock } from '../../src/protocol/clock.ts';
import type { HubSession, KnownAgent } from '../../src/protocol/hub-handshake.ts';
import type { PassingEvent } from '../../src/protocol/messages.ts';
import type { AuditLog } from '../audit-log.ts';
import type { Bus } from '../store/bus.ts';
import type { Records } from '../store/records/records.ts';
import type { HubAddress } from './address.ts';
import { admit } from './admission.ts';
import type { HubCertificate } from './certificate.ts';
import { Connection } from './connection.ts';
import { DayBudget } from './day-budget.ts';
import { Handshake, type HandshakeDeps } from './handshake.ts';
import type { BotIdentity } from './identity.ts';
import { Intake } from './intake.ts';
import { type Caller, type Door, type Listener, listen } from './listen.ts';
import { Session, type SessionDeps } from './session.ts';

/** The oldest agent that this bot works with: told to each agent, which then asks its person to update. */
export const MIN_AGENT_VERSION = '0.1.0';

/** How a machine is connected. `regressed`: it is, but its memory went back in time and nothing is sent to it. */
export type Presence = 'connected' | 'regressed';

export interface HubDeps {
  readonly records: Records;
  readonly identity: BotIdentity;
  readonly certificate: HubCertificate;
  readonly audit: AuditLog;
  readonly bus: Bus;
  readonly clock: Clock;
  /** Takes a connection over whose first frame asks for a pairing. */
  readonly onPairing: (connection: Connection, frame: Buffer) => Promise<void>;
  /** A proven agent is there: called before anything is sent to it. */
  readonly onConnected: (agent: string) => Promise<void>;
  readonly onPassing: (agent: string, event: PassingEvent) => Promise<void>;
  readonly onFault: (error: unknown) => void;
}

/** What agents connect to. It delivers stored commands and stores events; nothing new is signed with B here. */
export class HubServer {
  readonly #deps: HubDeps;
  readonly #sessions = new Map<string, Session>();
  readonly #handshakes = new Set<Handshake>();
  readonly #connections = new Set<Connection>();
  readonly #budget: DayBudget;
  readonly #stops: (() => Promise<void>)[] = [];
  readonly #listeners: Listener[] = [];

  constructor(deps: HubDeps) {
    this.#deps = deps;
    this.#budget = new DayBudget(deps.clock);
  }

  /** Listens at all of these. @throws as `listen` does; then `close` ends those that listen already */
  async open(addresses: readonly HubAddress[], door: Door): Promise<void> {
    const { bus } = this.#deps;
    this.#stops.push(
      await bus.subscribe('outbox.new', ({ agent }) => this.#sessions.get(agent)?.deliver()),
      await bus.subscribe('agent.changed', ({ agent }) => this.#sessions.get(agent)?.agentChanged()),
    );
    for (const address of addresses)
      this.#listeners.push(await listen(address, (caller) => this.#receive(caller), door));
  }

  /** As agents name them. */
  get addresses(): readonly string[] {
    return this.#listeners.map(({ address }) => address);
  }

  presenceOf(agent: string): Presence | undefined {
    const session = this.#sessions.get(agent);
    if (session === undefined) return undefined;
    return session.hasRegressed ? 'regressed' : 'connected';
  }

  /** To be called every second. */
  tick(): void {
    for (const listener of this.#listeners) this.#renew(listener);
    for (const handshake of this.#handshakes) handshake.tick();
    const cert = this.#deps.certificate.renewIfDue() ? this.#deps.certificate.jws : undefined;
    for (const session of this.#sessions.values()) {
      session.tick();
      if (cert !== undefined) session.newCertificate(cert);
    }
  }

  /** Delivers what waits for connected agents, whether a bell rang or not. */
  async sweep(): Promise<void> {
    await Promise.all([...this.#sessions.values()].map((session) => session.deliver()));
  }

  /** Tells the agents, ends all connections, gives the socket back, and waits for what is under way. */
  async close(): Promise<void> {
    for (const stop of this.#stops.splice(0)) await stop();
    const sessions = [...this.#sessions.values()];
    for (const session of sessions) session.drain();
    await Promise.all(this.#listeners.map((listener) => listener.close()));
    await Promise.all([...this.#connections].map((connection) => connection.settled()));
    await Promise.all(sessions.map((session) => session.settled()));
  }

  /** A certificate that cannot be used is told, and stops nothing else. */
  #renew(listener: Listener): void {
    try {
      listener.renewCertificate();
    } catch (error) {
      this.#deps.onFault(error);
    }
  }

  #receive(caller: Caller): void {
    const { clock, onFault } = this.#deps;
    const connection = new Connection(caller, clock, onFault);
    this.#connections.add(connection);
    caller.socket.once('close', () => {
      void connection.settled().then(() => this.#connections.delete(connection));
    });
    const handshake = new Handshake(this.#handshakeDeps(), connection);
    this.#handshakes.add(handshake);
    connection.handOver(handshake);
  }

  #handshakeDeps(): HandshakeDeps {
    const { records, identity, certificate, audit, clock, bus, onPairing } = this.#deps;
    const onSuspended = (agent: string) => void bus.publish('agent.changed', { agent });
    return {
      clock,
      options: {
        key: identity.hub,
        certificates: [certificate.jws],
        botId: identity.botId,
        minVersion: MIN_AGENT_VERSION,
        find: (agentId) => this.#find(agentId),
        admit: (hello, proof) => admit({ records, audit, clock, onSuspended }, hello, proof),
        clock,
      },
      onProven: (connection, session, welcome) => this.#welcome(connection, session, welcome),
      onPairing,
      onClose: (handshake) => this.#handshakes.delete(handshake),
    };
  }

  async #find(agentId: string): Promise<KnownAgent | undefined> {
    const agent = await this.#deps.records.agents.claimed(agentId);
    return agent && { jwk: agent.jwk, barred: agent.state !== 'active' };
  }

  async #welcome(connection: Connection, proven: HubSession, welcome: Buffer): Promise<void> {
    const { records, audit, identity, clock, onConnected } = this.#deps;
    const agent = await records.agents.claimed(proven.hello.agent_id);
    if (agent === undefined) return connection.close('UNPAIRED');
    const { conn } = proven.admission;
    const deps = { records, audit, budget: this.#budget, botId: identity.botId, clock };
    const intake = await Intake.open(deps, agent, conn, proven.proof);
    const session = new Session(this.#sessionDeps(), connection, agent, proven, intake);
    if (connection.isOver) return;
    this.#sessions.get(agent.id)?.replace();
    this.#sessions.set(agent.id, session);
    connection.handOver(session);
    connection.send(welcome);
    if (!session.hasRegressed) await onConnected(agent.id);
    await session.deliver();
  }

  #sessionDeps(): SessionDeps {
    const { records, identity, clock, bus, onPassing, onFault } = this.#deps;
    return {
      records,
      identity,
      clock,
      onPassing,
      onFault,
      onStored: (agent) => void bus.publish('inbox.new', { agent }),
      onSuspended: (agent) => void bus.publish('agent.changed', { agent }),
      onClose: (session) => {
        if (this.#sessions.get(session.agent.id) === session) this.#sessions.delete(session.agent.id);
      },
    };
  }
}
