/**
 * The door of the hub: which HTTP requests become a WebSocket (channel.md §2). Web pages reach 127.0.0.1 too, so whatever
 * has an `Origin`, or a `Host` that is not ours, is refused before anything else is looked at.
 */
import { createServer, type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { HANDSHAKE, TRANSPORT, UNPROVEN } from '../../src/protocol/limits.ts';
import { AppError } from '../../src/shared/errors.ts';
import type { HubAddress } from './address.ts';
import { bindSocket } from './bind-socket.ts';
import { countedAddress, forwardedAddress, isProxy } from './caller-address.ts';
import { readTlsFiles, type TlsPaths, tlsStamp } from './tls-files.ts';
import { Unproven } from './unproven.ts';

/** One accepted WebSocket and what is known of the other end. */
export interface Caller {
  readonly socket: WebSocket;
  /** It came over the checked Unix socket: the same user of the same computer. */
  readonly sameUser: boolean;
  /** Whom its connections are counted under; undefined on the Unix socket. */
  readonly address: string | undefined;
  /** It no longer counts among the unproven. */
  leaveUnproven(): void;
}

export interface Listener {
  /** As agents name it: `unix:PATH` or `ws://127.0.0.1:PORT`, with the port that it really has. */
  readonly address: string;
  readonly unproven: Unproven;
  /** Takes a certificate that was exchanged. To be called now and then. @throws HUB_TLS_UNUSABLE once; the old one stays */
  renewCertificate(): void;
  /** Ends what is still connected, closes the socket, and only then gives its lock back. Once is enough. */
  close(): Promise<void>;
}

/** What the door is told beside where it is. */
export interface Door {
  /** The host of HUB_PUBLIC_URL: what computers that come from elsewhere name. */
  readonly publicHost?: string | undefined;
  /** Addresses of proxies whose word on where somebody comes from is taken. */
  readonly proxies?: readonly string[] | undefined;
  /** For `wss://`. */
  readonly tls?: TlsPaths | undefined;
  /** Told what goes wrong with the listening socket later. */
  readonly onFault?: ((error: unknown) => void) | undefined;
}

const HTTP_LIMITS = {
  headersTimeout: HANDSHAKE.totalMs,
  requestTimeout: HANDSHAKE.totalMs,
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: 8 * 1024,
} as const;

/** @throws HUB_SOCKET_UNSAFE, HUB_ALREADY_RUNNING, HUB_ADDRESS_INVALID (the port is taken), HUB_TLS_UNUSABLE */
export async function listen(
  address: HubAddress,
  onCaller: (caller: Caller) => void,
  { publicHost, proxies = [], tls, onFault }: Door = {},
): Promise<Listener> {
  const sameUser = address.kind === 'unix';
  const unproven = new Unproven();
  const hosts = new Set<string>(publicHost === undefined ? [] : [publicHost]);
  const server = address.kind === 'tls' ? tlsServer(address, tls) : createServer(HTTP_LIMITS);
  const options = {
    noServer: true,
    perMessageDeflate: false,
    maxPayload: TRANSPORT.maxPayloadBytes,
    maxFragments: TRANSPORT.maxFragments,
    // Of a newer ws than its types.
    closeTimeout: UNPROVEN.goodbyeMs,
  };
  const webSockets = new WebSocketServer(options);
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    const { remoteAddress } = socket;
    const isCounted = !sameUser && remoteAddress !== undefined && !isProxy(remoteAddress, proxies);
    if (!unproven.enter(socket, isCounted ? countedAddress(remoteAddress) : undefined)) socket.destroy();
  });
  server.on('request', (request, response) => {
    const status = refuse(request, hosts) ?? 404;
    response.writeHead(status, { connection: 'close' }).end();
  });
  server.on('upgrade', (request, stream, head) => {
    const { remoteAddress = '' } = request.socket;
    const from = sameUser ? undefined : (forwardedAddress(request, proxies) ?? countedAddress(remoteAddress));
    if (from !== undefined && !unproven.name(request.socket, from)) return answer(stream, 429);
    const status = refuse(request, hosts) ?? refuseUpgrade(request);
    if (status !== undefined) return answer(stream, status);
    webSockets.handleUpgrade(request, stream, head, (socket) => {
      onCaller({ socket, sameUser, address: from, leaveUnproven: () => unproven.leave(request.socket) });
    });
  });

  const release =
    address.kind === 'unix' ? await bindSocket(server, address.path) : await bindPort(server, address);
  server.on('error', (error) => onFault?.(error));
  let closing: Promise<void> | undefined;
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : undefined;
  if (port === undefined) hosts.add('localhost');
  else hosts.add(new URL(spoken(address, port)).host);
  let stamp = tls && tlsStamp(tls);
  return {
    address: spoken(address, port),
    unproven,
    renewCertificate: () => {
      const now = tls && tlsStamp(tls);
      if (now === undefined || now === stamp || tls === undefined || !('setSecureContext' in server)) return;
      // Before it is read: one that cannot be used is told once, not every second.
      stamp = now;
      server.setSecureContext(readTlsFiles(tls));
    },
    close: () => {
      closing ??= close();
      return closing;
    },
  };

  async function close(): Promise<void> {
    await Promise.all([...webSockets.clients].map(end));
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
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
  // Nothing watches over a socket that asked for an upgrade but us.
  stream.once('error', () => stream.destroy());
  stream.once('finish', () => stream.destroy());
  stream.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function tlsServer(address: HubAddress, tls: TlsPaths | undefined): TlsServer {
  if (tls !== undefined)
    return createTlsServer({ ...HTTP_LIMITS, handshakeTimeout: HANDSHAKE.totalMs, ...readTlsFiles(tls) });
  const reason = 'it needs a certificate: set HUB_TLS_CERTIFICATE and HUB_TLS_KEY';
  throw new AppError('HUB_ADDRESS_INVALID', { address: spoken(address, undefined), reason });
}

/** As agents, and the operator, name it. */
function spoken(address: HubAddress, port: number | undefined): string {
  if (address.kind === 'unix') return `unix:${address.path}`;
  if (address.kind === 'loopback') return `ws://127.0.0.1:${port ?? address.port}`;
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return `wss://${host}:${port ?? address.port}`;
}

async function bindPort(
  server: Server | TlsServer,
  address: Exclude<HubAddress, { readonly kind: 'unix' }>,
): Promise<() => void> {
  const host = address.kind === 'loopback' ? '127.0.0.1' : address.host;
  const reason = 'its port is taken or not allowed';
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(new AppError('HUB_ADDRESS_INVALID', { address: spoken(address, undefined), reason }, { cause })),
    );
    server.listen(address.port, host, resolve);
  });
  return () => {};
}
