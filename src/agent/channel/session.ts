import { verifyAcknowledgement } from '../../protocol/acknowledgements.ts';
import type { AgentSession } from '../../protocol/agent-handshake.ts';
import { type CertifiedHub, verifyCertificate } from '../../protocol/certificates.ts';
import { unverifiedClaims } from '../../protocol/jws.ts';
import type { System } from '../system.ts';
import type { AuditLog } from './audit.ts';
import { Clocks } from './clocks.ts';
import type { CommandDoor } from './command-door.ts';
import type { Connection } from './connection.ts';
import type { EventSink } from './events.ts';
import type { Identity } from './identity.ts';
import type { Spool } from './spool.ts';

/** Events on their way at one time; the next ones follow as the hub stores these. */
const WINDOW = 32;
/** Frames of a connection that are not signed by whom they should; then it is closed. */
const MOST_FOREIGN = 20;

export interface SessionParts {
  readonly system: System;
  readonly identity: Identity;
  readonly spool: Spool;
  readonly audit: AuditLog;
  readonly door: CommandDoor;
}

/** What happens on a proven connection: events go out in order, acknowledgements and commands come in. */
export class Session implements EventSink {
  readonly conn: string;
  readonly clocks: Clocks;
  readonly #connection: Connection;
  readonly #parts: SessionParts;
  #hub: CertifiedHub;
  #lastAcknowledgement = 0;
  #sentUpTo: number;
  #foreign = 0;

  constructor(connection: Connection, { hub, welcome, welcomedAt }: AgentSession, parts: SessionParts) {
    this.#connection = connection;
    this.#parts = parts;
    this.#hub = hub;
    this.conn = welcome.conn;
    this.clocks = new Clocks(parts.system, welcome.time, welcomedAt);
    parts.spool.acknowledge(welcome.evt_ack);
    this.#sentUpTo = welcome.evt_ack;
  }

  now(): Date {
    return this.clocks.earlier();
  }

  spooled(): void {
    const { pending } = this.#parts.spool;
    for (const event of pending.slice(0, WINDOW)) {
      if (event.seq <= this.#sentUpTo) continue;
      this.#connection.send(event.raw);
      this.#sentUpTo = event.seq;
    }
  }

  send(raw: string): void {
    this.#connection.send(raw);
  }

  /** One frame. Which verify function looks at it depends on what it claims to be; that one believes nothing of it. */
  async onFrame(frame: Buffer): Promise<void> {
    const raw = frame.toString('latin1');
    const claims = unverifiedClaims(raw);
    if (claims !== undefined && 'conn' in claims) return this.#onAcknowledgement(raw);
    const verdict = await this.#parts.door.receive(raw, this.clocks);
    if (verdict === 'foreign') this.#onForeign();
    if (verdict === 'clocks-parted') this.#connection.close('TIMEOUT');
  }

  async #onAcknowledgement(raw: string): Promise<void> {
    const { identity, spool } = this.#parts;
    const { agentId, botId, epoch } = identity;
    const verified = await verifyAcknowledgement(raw, {
      hub: this.#hub,
      botId,
      agentId,
      epoch,
      now: this.clocks.local(),
      conn: this.conn,
      afterN: this.#lastAcknowledgement,
    });
    if (!verified.ok) return this.#onForeign();
    this.#lastAcknowledgement = verified.n;
    const { message } = verified;
    switch (message.t) {
      case 'evt.ack':
        spool.acknowledge(message.body.seq);
        this.spooled();
        return;
      case 'cert.update':
        return this.#onCertificate(message.body.cert);
      case 'drain':
        this.#connection.close('DRAIN');
    }
  }

  async #onCertificate(raw: string): Promise<void> {
    const { bot, botId } = this.#parts.identity;
    const certified = await verifyCertificate(raw, { bot, botId, now: this.clocks.local() });
    if (certified.ok) this.#hub = certified.hub;
    else this.#onForeign();
  }

  #onForeign(): void {
    this.#parts.audit.add({ what: 'foreign-frame' });
    if (++this.#foreign >= MOST_FOREIGN) this.#connection.close('BAD_FRAME');
  }
}
