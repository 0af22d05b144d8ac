import type { WebSocket } from 'ws';
import type { Clock } from '../../src/protocol/clock.ts';
import { CLOSE_CODES, type CloseName } from '../../src/protocol/close-codes.ts';
import { TRANSPORT } from '../../src/protocol/limits.ts';
import type { Caller } from './listen.ts';

/** Whoever is at work on a connection's frames: the handshake, then a session or a pairing. */
export interface FrameHandler {
  onFrame(frame: Buffer): Promise<void>;
  /** The connection is over, whoever ended it. Called once. */
  onClose(): void;
  /** The agent answered a ping. */
  onPong?(): void;
}

/**
 * One WebSocket. Frames are handled strictly one after another: while one is looked at the socket is paused, and what had
 * been read with it waits.
 */
export class Connection {
  readonly sameUser: boolean;
  /** Whom it is counted under; undefined on the Unix socket. */
  readonly address: string | undefined;
  readonly leaveUnproven: () => void;
  readonly #socket: WebSocket;
  readonly #clock: Clock;
  readonly #onFault: (error: unknown) => void;
  readonly #waiting: Buffer[] = [];
  #handler: FrameHandler | undefined;
  #isBusy = false;
  #current: Promise<void> = Promise.resolve();
  #isOver = false;
  #heardAt: number;

  constructor(
    { socket, sameUser, address, leaveUnproven }: Caller,
    clock: Clock,
    onFault: (error: unknown) => void,
  ) {
    this.#socket = socket;
    this.sameUser = sameUser;
    this.address = address;
    this.leaveUnproven = leaveUnproven;
    this.#clock = clock;
    this.#onFault = onFault;
    this.#heardAt = clock.elapsed();
    socket.on('message', (data: Buffer, isBinary) => this.#onMessage(data, isBinary));
    socket.on('ping', () => this.#heard());
    socket.on('pong', () => {
      this.#heard();
      if (!this.#isOver) this.#handler?.onPong?.();
    });
    // Too many fragments, too large, no text: ws closes by itself and says so here.
    socket.on('error', () => {});
    socket.once('close', () => {
      this.#end();
      this.#handler?.onClose();
    });
  }

  /** Hands everything from the next frame on to somebody else. */
  handOver(handler: FrameHandler): void {
    this.#handler = handler;
  }

  /** True once it was closed from this side or the other. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Milliseconds since the other side was last heard. */
  get silence(): number {
    return this.#clock.elapsed() - this.#heardAt;
  }

  /** Resolves when the frame that is being looked at is done with. */
  async settled(): Promise<void> {
    await this.#current;
  }

  /** Sends a text frame. An agent that does not take what it is sent is dropped, before it costs memory. */
  send(frame: string | Buffer): void {
    if (this.#isOver) return;
    this.#socket.send(frame, { binary: false });
    if (this.#socket.bufferedAmount > TRANSPORT.maxBufferedBytes) this.terminate();
  }

  ping(): void {
    if (!this.#isOver) this.#socket.ping();
  }

  /** Says why and closes. Nothing that still comes in is looked at. */
  close(name: CloseName): void {
    this.#closeWith(CLOSE_CODES[name].code, name);
  }

  /** All is said. */
  finish(): void {
    this.#closeWith(1000, '');
  }

  /** Ends it without a word, as towards somebody who is not there any more. */
  terminate(): void {
    this.#end();
    this.#socket.terminate();
  }

  #closeWith(code: number, reason: string): void {
    if (this.#isOver) return;
    this.#end();
    this.#socket.close(code, reason);
  }

  #end(): void {
    this.#isOver = true;
    this.#waiting.length = 0;
    // The other side's closing frame has to get through.
    this.#socket.resume();
  }

  #heard(): void {
    this.#heardAt = this.#clock.elapsed();
  }

  #onMessage(data: Buffer, isBinary: boolean): void {
    if (this.#isOver) return;
    this.#heard();
    if (isBinary) this.close('BAD_FRAME');
    else this.#waiting.push(data);
    if (!this.#isBusy) this.#current = this.#work();
  }

  async #work(): Promise<void> {
    this.#isBusy = true;
    this.#socket.pause();
    try {
      for (let frame = this.#waiting.shift(); frame !== undefined; frame = this.#waiting.shift())
        await this.#handler?.onFrame(frame);
    } catch (error) {
      this.#onFault(error);
      this.#closeWith(1011, '');
    } finally {
      this.#isBusy = false;
      this.#socket.resume();
    }
  }
}
