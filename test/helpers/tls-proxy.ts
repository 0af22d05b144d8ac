import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import type { TestCertificate } from './certificates.ts';

/** nginx, as `docs/remote-machines.md` shows it in front of a hub. */
export interface TlsProxy {
  /** `wss://localhost:PORT` */
  readonly url: string;
  stop(): Promise<void>;
}

/** A port of 127.0.0.1 that nobody listened at just now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Ends TLS at `port` and passes everything on to `hubPort`; keeps what it writes in `folder`. */
export async function startTlsProxy(
  folder: string,
  port: number,
  hubPort: number,
  { certificate, key }: TestCertificate,
): Promise<TlsProxy> {
  mkdirSync(folder, { recursive: true, mode: 0o777 });
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, configuration(folder, port, hubPort, certificate, key));
  const nginx = spawn('nginx', ['-p', folder, '-e', 'stderr', '-c', file], { stdio: 'ignore' });
  await untilOpen(nginx, port);
  return {
    url: `wss://localhost:${port}`,
    async stop() {
      if (nginx.exitCode !== null) return;
      nginx.kill('SIGTERM');
      await once(nginx, 'exit');
    },
  };
}

function configuration(
  folder: string,
  port: number,
  hubPort: number,
  certificate: string,
  key: string,
): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${folder}/${name};`)
    .join(' ');
  const user = process.getuid?.() === 0 ? 'user root;' : '';
  return `
${user} daemon off; master_process off; worker_processes 1; pid ${folder}/nginx.pid;
events { worker_connections 256; }
http {
  access_log off; ${temporary}
  server {
    listen 127.0.0.1:${port} ssl;
    ssl_certificate ${certificate};
    ssl_certificate_key ${key};
    location /agent/v1 {
      proxy_pass http://127.0.0.1:${hubPort};
      proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection upgrade;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_read_timeout 120s;
    }
  }
}
`;
}

async function untilOpen(nginx: ChildProcess, port: number): Promise<void> {
  while (nginx.exitCode === null) {
    const socket = connect(port, '127.0.0.1');
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    socket.destroy();
    if (isOpen) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error(`nginx ended with ${nginx.exitCode}`);
}
