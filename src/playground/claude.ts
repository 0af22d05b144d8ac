import { createServer, type Server } from 'node:http';

/** What the agent asks of Claude's API: whether a key is accepted, by the question that costs nothing (GET /v1/models). */
export class Claude {
  readonly url: string;
  /** Answers like a service in trouble. */
  isDown = false;
  readonly #server: Server;

  private constructor(server: Server, url: string) {
    this.#server = server;
    this.url = url;
  }

  /** Listens on loopback and knows this one key. */
  static async start(key: string): Promise<Claude> {
    const server = createServer((request, response) => {
      const status = claude.isDown ? 529 : statusOf(request.url ?? '', request.headers['x-api-key'] === key);
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(BODIES[status]));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { readonly port: number };
    const claude = new Claude(server, `http://127.0.0.1:${port}`);
    return claude;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }
}

const BODIES = {
  200: {
    data: [
      {
        type: 'model',
        id: 'claude-3-5-sonnet-20241022',
        display_name: 'Sonnet',
        created_at: '2024-10-22T00:00:00Z',
      },
    ],
    has_more: false,
    first_id: 'claude-3-5-sonnet-20241022',
    last_id: 'claude-3-5-sonnet-20241022',
  },
  401: { type: 'error', error: { type: 'authentication_error', message: 'invalid x-api-key' } },
  404: { type: 'error', error: { type: 'not_found_error', message: 'Not found' } },
  529: { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
} as const;

function statusOf(url: string, isKnown: boolean): 200 | 401 | 404 {
  if (new URL(url, 'http://127.0.0.1').pathname !== '/v1/models') return 404;
  return isKnown ? 200 : 401;
}
