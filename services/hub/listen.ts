/**
 * The door of the hub: which HTTP requests become a WebSocket (channel.md §2). Web pages reach 127.0.0.1 too, so whatever
 * has an `Origin`, or a `Host` that is not ours, is refused before anything else is looked at.
 */
import { createServer, type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { HANDSHAKE, TRANSPORT } from '../../src/protocol/limits.ts';
import { AppError } from '../../src/shared/errors.ts';
import type { HubAddress } from './address.ts';
import { bindSocket } from './bind-socket.ts';
import { Unproven } from './unproven.ts';

/** One accepted WebSocket and what is known of the other end. */
export interface Caller {
  readonly socket: WebSocket;
  /** It came over the checked Unix socket: the same user of the same computer. */
  readonly sameUser: boolean;
  /** It no longer counts among the unproven. */
  leaveUnproven(): void;
}

export interface Listener {
  /** As agents name it: `unix:PATH` or `ws://127.0.0.1:PORT`, with the port that it really has. */
  readonly address: string;
  readonly unproven: Unproven;
  /** Ends what is still connected, closes the socket, and only then gives its lock back. Once is enough. */
  close(): Promise<void>;
}

/** @throws HUB_SOCKET_UNSAFE, HUB_ALREADY_RUNNING, HUB_ADDRESS_INVALID (the port is taken) */
export async function listen(address: HubAddress, onCaller: (caller: Caller) => void): Promise<Listener> {
  const sameUser = address.kind === 'unix';
  const unproven = new Unproven();
  const hosts = new Set<string>();
  const server = createServer({
    headersTimeout: HANDSHAKE.totalMs,
    requestTimeout: HANDSHAKE.totalMs,
    connectionsCheckingInterval: 1_000,
    maxHeaderSize: 8 * 1024,
  });
  const webSockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: TRANSPORT.maxPayloadBytes,
    maxFragments: TRANSPORT.maxFragments,
  });
  server.on('connection', (socket: Socket) => {
    if (!unproven.enter(socket, sameUser ? undefined : socket.remoteAddress)) socket.destroy();
  });
  server.on('request', (request, response) => {
    const status = refuse(request, hosts) ?? 404;
    response.writeHead(status, { connection: 'close' }).end();
  });
  server.on('upgrade', (request, stream, head) => {
    const status = refuse(request, hosts) ?? refuseUpgrade(request);
    if (status !== undefined) return answer(stream, status);
    webSockets.handleUpgrade(request, stream, head, (socket) => {
      onCaller({ socket, sameUser, leaveUnproven: () => unproven.leave(request.socket) });
    });
  });

  const release =
    address.kind === 'unix' ? await bindSocket(server, address.path) : await bindPort(server, address.port);
  let closing: Promise<void> | undefined;
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : undefined;
  hosts.add(port === undefined ? 'localhost' : `127.0.0.1:${port}`);
  return {
    address: port === undefined ? `unix:${String(bound)}` : `ws://127.0.0.1:${port}`,
    unproven,
    close: () => {
      closing ??= close();
      return closing;
    },
  };

  async function close(): Promise<void> {
    await Promise.all([...webSockets.clients].map(end));
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
    release();
  }
}

/** Milliseconds for the other side to hear why it was closed. */
const GOODBYE_MS = 500;

/** Waits a moment for a socket that is closing, ends it otherwise. */
async function end(socket: WebSocket): Promise<void> {
  if (socket.readyState === socket.CLOSED) return;
  const closed = new Promise((resolve) => socket.once('close', resolve));
  const timer = setTimeout(() => socket.terminate(), socket.readyState === socket.CLOSING ? GOODBYE_MS : 0);
  await closed;
  clearTimeout(timer);
}

/** The HTTP status of a request that nothing of ours sends. */
function refuse(request: IncomingMessage, hosts: ReadonlySet<string>): number | undefined {
  if (request.headers.origin !== undefined) return 403;
  const named = request.headersDistinct['host'] ?? [];
  return named.length === 1 && hosts.has(named[0] as string) ? undefined : 421;
}

function refuseUpgrade(request: IncomingMessage): number | undefined {
  if (request.url !== TRANSPORT.path) return 404;
  return request.headers['sec-websocket-protocol'] === TRANSPORT.subprotocol ? undefined : 400;
}

function answer(stream: Duplex, status: number): void {
  stream.once('error', () => stream.destroy());
  stream.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

async function bindPort(server: Server, port: number): Promise<() => void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new AppError(
          'HUB_ADDRESS_INVALID',
          { address: `ws://127.0.0.1:${port}`, reason: 'its port is taken or not allowed' },
          { cause },
        ),
      ),
    );
    server.listen(port, '127.0.0.1', resolve);
  });
  return () => {};
}
