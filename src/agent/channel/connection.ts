import { connect } from 'node:net';
import { type ClientOptions, WebSocket } from 'ws';
import { CLOSE_CODES, type CloseName } from '../../protocol/close-codes.ts';
import { HANDSHAKE, TRANSPORT } from '../../protocol/limits.ts';
import { AppError } from '../../shared/errors.ts';
import type { ReadSystem } from '../system.ts';
import { addressText, checkSocket, type HubAddress } from './address.ts';
import type { Timers } from './timers.ts';
import { unreachableReason, wssOptions } from './wss-options.ts';

/** How a connection ended. */
export interface Closed {
  /** Of the WebSocket protocol, or one of ours; 1006 where it merely broke. */
  readonly code: number;
}

type FrameHandler = (frame: Buffer) => Promise<void>;

/**
 * One WebSocket to a hub. Frames are handled strictly one after another, and nothing is read from the socket meanwhile.
 * Every end of it comes out of `closed`; nothing else throws once it is open.
 */
export class Connection {
  readonly address: HubAddress;
  readonly closed: Promise<Closed>;
  readonly #socket: WebSocket;
  readonly #frames: Buffer[] = [];
  #handler: FrameHandler | undefined;
  #busy = false;
  #ownCode: number | undefined;
  #heard: () => void = () => {};

  private constructor(address: HubAddress, socket: WebSocket) {
    this.address = address;
    this.#socket = socket;
    const { promise, resolve } = Promise.withResolvers<Closed>();
    this.closed = promise;
    socket.on('error', () => socket.terminate());
    socket.on('close', (code) => resolve({ code: this.#ownCode ?? code }));
    socket.on('message', (data, isBinary) => {
      this.#heard();
      if (isBinary || !Buffer.isBuffer(data)) return this.close('BAD_FRAME');
      this.#frames.push(data);
      void this.#drain();
    });
    socket.on('ping', () => this.#heard());
    socket.on('pong', () => this.#heard());
  }

  /** @throws BOT_UNREACHABLE, BOT_SOCKET_UNSAFE */
  static open(system: ReadSystem, address: HubAddress): Promise<Connection> {
    if (address.kind === 'unix') checkSocket(system, address.path);
    const { promise, resolve, reject } = Promise.withResolvers<Connection>();
    const socket = new WebSocket(
      address.kind === 'unix' ? `ws://localhost${TRANSPORT.path}` : address.url,
      [TRANSPORT.subprotocol],
      optionsFor(address, system.env),
    );
    const connection = new Connection(address, socket);
    socket.once('open', () => resolve(connection));
    socket.once('error', (error) =>
      reject(
        new AppError('BOT_UNREACHABLE', { address: addressText(address), reason: unreachableReason(error) }),
      ),
    );
    return promise;
  }

  /** The first of these that answers. @throws BOT_UNREACHABLE with what each said; BOT_SOCKET_UNSAFE */
  static async openFirst(system: ReadSystem, addresses: readonly HubAddress[]): Promise<Connection> {
    const errors: AppError[] = [];
    for (const address of addresses) {
      try {
        return await Connection.open(system, address);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        errors.push(error);
      }
    }
    const unsafe = errors.find(({ code }) => code === 'BOT_SOCKET_UNSAFE');
    if (unsafe !== undefined || errors.length === 1) throw unsafe ?? errors[0];
    throw new AppError('BOT_UNREACHABLE', {
      address: addresses.map(addressText).join(' and '),
      reason: 'nobody listens at either of them',
    });
  }

  /** From now on every frame goes to `handler`, those that came before included. What it throws closes the connection. */
  serve(handler: FrameHandler): void {
    this.#handler = handler;
    void this.#drain();
  }

  send(frame: Buffer | string): void {
    if (this.#socket.readyState !== WebSocket.OPEN || this.#ownCode !== undefined) return;
    this.#socket.send(frame.toString());
    if (this.#socket.bufferedAmount > TRANSPORT.maxBufferedBytes) this.close('RATE');
  }

  /** Nothing is sent or handled after this. */
  close(name: CloseName | 'DONE'): void {
    if (this.#ownCode !== undefined) return;
    this.#ownCode = name === 'DONE' ? 1000 : CLOSE_CODES[name].code;
    this.#socket.resume();
    this.#socket.close(this.#ownCode);
  }

  /**
   * Pings every 25 ± 5 s, and ends the connection after 60 s without a word.
   * @param random between 0 and 1
   */
  keepAlive(timers: Timers, random: () => number): void {
    let stopSilence = () => {};
    let stopPing = () => {};
    const ping = () => {
      stopPing = timers.after(TRANSPORT.pingMs + (random() * 2 - 1) * TRANSPORT.pingJitterMs, () => {
        if (this.#socket.readyState !== WebSocket.OPEN) return;
        this.#socket.ping();
        ping();
      });
    };
    this.#heard = () => {
      stopSilence();
      stopSilence = timers.after(TRANSPORT.silenceMs, () => this.#socket.terminate());
    };
    this.#heard();
    ping();
    void this.closed.then(() => {
      this.#heard = () => {};
      stopSilence();
      stopPing();
    });
  }

  async #drain(): Promise<void> {
    if (this.#busy || this.#handler === undefined) return;
    this.#busy = true;
    this.#socket.pause();
    try {
      for (let frame = this.#frames.shift(); frame !== undefined; frame = this.#frames.shift()) {
        if (this.#ownCode !== undefined) return;
        await this.#handler(frame);
      }
    } catch (error) {
      this.#failure = error;
      this.close('BAD_FRAME');
    } finally {
      this.#busy = false;
      this.#socket.resume();
    }
  }

  #failure: unknown;

  /** What handling a frame threw: a fault of ours, or a disk that is full. Undefined if nothing did. */
  get failure(): unknown {
    return this.#failure;
  }
}

/** No deflate, no redirects, nothing larger than the agreed. */
function optionsFor(
  address: HubAddress,
  env: ReadSystem['env'],
): ClientOptions & { readonly maxFragments: number } {
  return {
    ...(address.kind === 'wss' ? wssOptions(address.url, env) : {}),
    perMessageDeflate: false,
    followRedirects: false,
    maxPayload: TRANSPORT.maxPayloadBytes,
    maxFragments: TRANSPORT.maxFragments,
    handshakeTimeout: HANDSHAKE.totalMs,
    ...(address.kind === 'unix' ? { createConnection: () => connect(address.path) } : {}),
  };
}
