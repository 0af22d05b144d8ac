import { createServer } from 'node:http';
import { AppError, hasErrno } from '../shared/errors.ts';

/** What the two addresses answer: `/healthz` as soon as the process runs, `/readyz` once it takes commands. */
export interface Health {
  readonly isReady: () => boolean;
}

export interface HealthServer {
  /** `HOST:PORT` as it came to be. */
  readonly address: string;
  close(): Promise<void>;
}

/** @throws HTTP_LISTEN_FAILED when the address cannot be taken */
export async function startHealthServer(listen: string, { isReady }: Health): Promise<HealthServer> {
  const at = listen.lastIndexOf(':');
  const host = listen.slice(0, at);
  const server = createServer(({ url, method }, response) => {
    const known = method === 'GET' && (url === '/healthz' || url === '/readyz');
    const status = known ? (url === '/healthz' || isReady() ? 200 : 503) : 404;
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
    response.end(`${{ 200: 'ok', 503: 'not ready', 404: 'not found' }[status]}\n`);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(Number(listen.slice(at + 1)), host, resolve);
  }).catch((error: unknown) => {
    const reason = hasErrno(error, 'EADDRINUSE') ? 'something else listens there' : 'it cannot be opened';
    throw new AppError('HTTP_LISTEN_FAILED', { address: listen, reason }, { cause: error });
  });
  const { port } = server.address() as { readonly port: number };
  return {
    address: `${host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
