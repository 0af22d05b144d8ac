import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { Access } from './access.ts';
import { LiveConnection } from './live-connection.ts';
import type { Stage } from './stage.ts';
import { type StaticFile, staticFiles } from './static-files.ts';
import { Troubles } from './troubles.ts';

const MAX_FRAME_BYTES = 32 << 20;

/** The page on loopback: its files, the files of messages, and one live connection for each tab. */
export class PageServer {
  readonly #stage: Stage;
  readonly #troubles: Troubles;
  readonly #access = new Access();
  readonly #files: ReadonlyMap<string, StaticFile> = staticFiles();
  readonly #server: Server;
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME_BYTES });

  private constructor(stage: Stage) {
    this.#stage = stage;
    this.#troubles = new Troubles(stage);
    this.#server = createServer((request, response) => void this.#answer(request, response));
    this.#server.on('upgrade', (request, socket, head) => {
      const isLive = pathOf(request) === '/live' && this.#access.isFromPage(request);
      if (isLive) this.#sockets.handleUpgrade(request, socket, head, (client) => this.#welcome(client));
      else socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    });
  }

  /** Listens on 127.0.0.1; a free port with `port` 0. */
  static async start(stage: Stage, port: number): Promise<PageServer> {
    const page = new PageServer(stage);
    await new Promise<void>((resolve, reject) => {
      page.#server.once('error', reject);
      page.#server.listen(port, '127.0.0.1', resolve);
    });
    return page;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The address to open, with the key of this start. */
  get url(): string {
    return `http://127.0.0.1:${this.port}/?key=${this.#access.key}`;
  }

  async close(): Promise<void> {
    for (const client of this.#sockets.clients) client.terminate();
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  #welcome(client: WebSocket): void {
    client.on('error', () => client.terminate());
    new LiveConnection(client, this.#stage, this.#troubles).open();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = pathOf(request);
    const brought = this.#access.hasKey(new URL(request.url ?? '/', 'http://loopback'));
    const mayRead = brought || this.#access.hasCookie(request);
    if (!this.#access.isOurHost(request) || !mayRead) {
      return end(
        response,
        403,
        'Open the address that `npm start` printed: it holds the key to this page.\n',
      );
    }
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return end(response, 405, 'Only to be read.\n');
    if (path.startsWith('/cdn/')) return await this.#passOn(request, response);
    const file = this.#files.get(path);
    if (file === undefined) return end(response, 404, 'There is nothing here.\n');
    const nonce = randomBytes(16).toString('base64');
    response.writeHead(200, {
      ...headers(nonce),
      'content-type': file.type,
      ...(brought ? { 'set-cookie': this.#access.cookie } : {}),
    });
    response.end(path === '/' ? file.read().toString('utf8').replaceAll('{{nonce}}', nonce) : file.read());
  }

  /** Files of messages come from the look-alike's other port, which a browser far away does not reach. */
  async #passOn(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const from = new URL(request.url ?? '/', this.#stage.discord.cdn);
    const answer = await fetch(from).catch(() => undefined);
    if (answer === undefined) return end(response, 502, 'The file cannot be fetched now.\n');
    const bytes = Buffer.from(await answer.arrayBuffer());
    response.writeHead(answer.status, {
      ...headers(''),
      'content-type': safeType(answer.headers.get('content-type')),
    });
    response.end(bytes);
  }
}

/** Files of messages are shown as pictures or text; whatever else they are, they never run. */
function safeType(type: string | null): string {
  if (type !== null && /^image\/(png|jpeg|gif|webp)$/.test(type)) return type;
  return 'text/plain; charset=utf-8';
}

function headers(nonce: string): Record<string, string> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    'content-security-policy': policy.join('; '),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cache-control': 'no-store',
  };
}

function end(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { ...headers(''), 'content-type': 'text/plain; charset=utf-8' });
  response.end(text);
}

function pathOf({ url }: IncomingMessage): string {
  return new URL(url ?? '/', 'http://loopback').pathname;
}
