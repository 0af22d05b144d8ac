import type { Clock } from '../../src/protocol/clock.ts';
import { HubHandshake, type HubHandshakeOptions, type HubSession } from '../../src/protocol/hub-handshake.ts';
import { HANDSHAKE } from '../../src/protocol/limits.ts';
import { readPlain } from '../../src/protocol/pairing-frames.ts';
import type { Connection, FrameHandler } from './connection.ts';

export interface HandshakeDeps {
  readonly clock: Clock;
  readonly options: HubHandshakeOptions;
  /** The agent is proven; it has to take the connection over before the next frame is read. */
  readonly onProven: (connection: Connection, session: HubSession, welcome: Buffer) => Promise<void>;
  /** The first frame asks for a pairing. It takes the connection over or closes it. */
  readonly onPairing: (connection: Connection, frame: Buffer) => Promise<void>;
  readonly onClose: (handshake: Handshake) => void;
}

/** A connection that has proven nothing yet. Its first frame says what it is: a known agent, or one to be paired. */
export class Handshake implements FrameHandler {
  readonly #deps: HandshakeDeps;
  readonly #connection: Connection;
  readonly #handshake: HubHandshake;
  readonly #openedAt: number;
  #isFirst = true;

  constructor(deps: HandshakeDeps, connection: Connection) {
    this.#deps = deps;
    this.#connection = connection;
    this.#handshake = new HubHandshake(deps.options);
    this.#openedAt = deps.clock.elapsed();
  }

  async onFrame(frame: Buffer): Promise<void> {
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    if (isFirst && readPlain('pair.begin', frame) !== undefined) {
      this.#deps.onClose(this);
      return await this.#deps.onPairing(this.#connection, frame);
    }
    const step = await this.#handshake.onFrame(frame);
    if (this.#connection.isOver) return;
    if ('close' in step) return this.#connection.close(step.close);
    if (step.done === undefined) return this.#connection.send(step.send);
    this.#deps.onClose(this);
    this.#connection.leaveUnproven();
    await this.#deps.onProven(this.#connection, step.done, step.send);
  }

  onClose(): void {
    this.#deps.onClose(this);
  }

  /** Called every second: who takes too long is closed, whether it says anything or not. */
  tick(): void {
    if (this.#deps.clock.elapsed() - this.#openedAt > HANDSHAKE.totalMs) this.#connection.close('TIMEOUT');
  }
}
