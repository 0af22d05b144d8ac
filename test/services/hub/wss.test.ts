import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { type Caller, type Door, type Listener, listen } from '../../../services/hub/listen.ts';
import { parseAddress } from '../../../src/agent/channel/address.ts';
import { Connection } from '../../../src/agent/channel/connection.ts';
import { makeCertificate, type TestCertificate } from '../../helpers/certificates.ts';
import { withOverrides } from '../../helpers/faulty-system.ts';
import { systemAt } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';
import { freePort, startTlsProxy } from '../../helpers/tls-proxy.ts';
import { openSocket } from '../test-agent.ts';

const folder = useTempFolder();
const callers: Caller[] = [];
const open: { close(): unknown }[] = [];
const ordinary = getCACertificates('default');

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
  callers.length = 0;
  setDefaultCACertificates(ordinary);
});

function trusted(host?: string): TestCertificate {
  const made = makeCertificate(folder(), host);
  setDefaultCACertificates([...ordinary, readFileSync(made.authority, 'utf8')]);
  return made;
}

async function hub(door: Door, kind: 'tls' | 'loopback' = 'tls', port = 0): Promise<Listener> {
  const address = kind === 'tls' ? ({ kind, host: '127.0.0.1', port } as const) : ({ kind, port } as const);
  const listener = await listen(address, (caller) => callers.push(caller), door);
  open.push(listener);
  return listener;
}

async function dial(address: string, env: Readonly<Record<string, string>> = {}): Promise<Connection> {
  const system = withOverrides(systemAt(folder()), { env });
  const connection = await Connection.open(system, parseAddress(address));
  open.push({ close: () => connection.close('DONE') });
  return connection;
}

describe('a hub with a certificate of its own', () => {
  it('is reached over wss by an agent that trusts who signed it', async () => {
    const tls = trusted();
    const { address } = await hub({ tls });

    await dial(address);

    expect(address).toMatch(/^wss:\/\/127\.0\.0\.1:\d+$/);
    expect(callers).toMatchObject([{ sameUser: false, address: '127.0.0.1' }]);
  });

  it('is not spoken to by one that does not, and there is no switch for it', async () => {
    const { address } = await hub({ tls: makeCertificate(folder()) });

    await expect(dial(address, { NODE_TLS_REJECT_UNAUTHORIZED: '0' })).rejects.toMatchObject({
      code: 'BOT_UNREACHABLE',
      message: expect.stringContaining('signed by nobody that this computer trusts'),
    });
    expect(callers).toEqual([]);
  });

  it('must be the host that was dialled', async () => {
    const tls = trusted('other.example');
    const { address } = await hub({ tls });

    await expect(dial(address.replace('127.0.0.1', 'localhost'))).rejects.toMatchObject({
      message: expect.stringContaining('for another host'),
    });
  });

  it('takes a certificate that was renewed, without a new start', async () => {
    const old = makeCertificate(folder());
    const { address, renewCertificate } = await hub({ tls: old });
    const renewed = makeCertificate(join(folder()), 'localhost');
    setDefaultCACertificates([...ordinary, readFileSync(renewed.authority, 'utf8')]);

    renewCertificate();

    await dial(address);
    expect(callers).toHaveLength(1);
  });

  it('keeps the old certificate while the new one does not fit its key', async () => {
    const tls = trusted();
    const { address, renewCertificate } = await hub({ tls });
    const whole = readFileSync(tls.key);
    writeFileSync(tls.key, 'half a file');

    expect(() => renewCertificate()).toThrow(expect.objectContaining({ code: 'HUB_TLS_UNUSABLE' }));
    // Told once, not every second.
    renewCertificate();
    await dial(address);

    writeFileSync(tls.key, whole);
    renewCertificate();
    await dial(address);
  });

  it('is refused without one, with one that is not there, and with a key of another', async () => {
    const tls = trusted();
    const lacking = join(folder(), 'nowhere.pem');
    copyFileSync(join(folder(), 'authority.key'), join(folder(), 'other.key'));

    await expect(hub({})).rejects.toMatchObject({ code: 'HUB_ADDRESS_INVALID' });
    for (const wrong of [
      { ...tls, certificate: lacking },
      { ...tls, key: join(folder(), 'other.key') },
    ])
      await expect(hub({ tls: wrong })).rejects.toMatchObject({ code: 'HUB_TLS_UNUSABLE' });
  });

  it('lets go of who never begins TLS when it is closed', async () => {
    const listener = await hub({ tls: trusted() });
    const silent = connect(Number(new URL(listener.address).port), '127.0.0.1');
    open.push({ close: () => silent.destroy() });
    await new Promise((resolve) => silent.once('connect', resolve));
    const ended = new Promise((resolve) => silent.once('close', resolve));

    await listener.close();

    await ended;
  });

  it('counts what proved nothing per address, and gives the place back', async () => {
    const tls = trusted();
    const { address, unproven } = await hub({ tls });
    for (let n = 0; n < 3; n++) await dial(address);
    expect(unproven.count).toBe(3);

    callers[0]?.leaveUnproven();

    expect(unproven.count).toBe(2);
  });
});

describe('behind nginx, which ends TLS', () => {
  async function proxied(door: Door): Promise<{ readonly url: string; readonly listener: Listener }> {
    const tls = trusted();
    const [port, hubPort] = [await freePort(), await freePort()];
    const listener = await hub({ ...door, publicHost: `localhost:${port}` }, 'loopback', hubPort);
    const proxy = await startTlsProxy(join(folder(), 'nginx'), port, hubPort, tls);
    open.push({ close: () => proxy.stop() });
    return { url: proxy.url, listener };
  }

  it('an agent connects, and is counted under the address that the proxy tells', async () => {
    const { url } = await proxied({ proxies: ['127.0.0.1'] });

    await dial(url);

    expect(callers).toMatchObject([{ sameUser: false, address: '127.0.0.1' }]);
  });

  it('a web page is refused there, too', async () => {
    const { url } = await proxied({});
    const socket = openSocket(url, { headers: { Origin: 'https://example.org' } });
    const status = await new Promise((resolve) => {
      socket.once('unexpected-response', (_, response) => resolve(response.statusCode));
      socket.once('error', resolve);
    });
    socket.terminate();
    expect(status).toBe(403);
  });
});

describe('whom a proxy speaks for', () => {
  const named = async (door: Door, forwarded: string) => {
    const { address } = await hub(door, 'loopback');
    const socket = openSocket(address, { headers: { 'X-Forwarded-For': forwarded } });
    open.push({ close: () => socket.terminate() });
    await new Promise((resolve) => socket.once('open', resolve));
    return callers.at(-1)?.address;
  };

  it('counts only where it was named, and only its own last word', async () => {
    expect(await named({}, '203.0.113.7')).toBe('127.0.0.1');
    expect(await named({ proxies: ['127.0.0.1'] }, '203.0.113.7')).toBe('203.0.113.7');
    expect(await named({ proxies: ['127.0.0.1'] }, '198.51.100.1, 203.0.113.7')).toBe('203.0.113.7');
  });

  it('takes an address with a port, as some write it, and nothing that is none', async () => {
    const door = { proxies: ['127.0.0.1'] };
    expect(await named(door, '203.0.113.7:5678')).toBe('203.0.113.7');
    expect(await named(door, '[2001:db8:1:2::1]:443')).toBe('2001:db8:1:2::/64');
    expect(await named(door, 'unknown')).toBe('127.0.0.1');
  });

  it('counts an IPv6 network as one', async () => {
    expect(await named({ proxies: ['127.0.0.1'] }, '2001:db8:1:2:aaaa::1')).toBe('2001:db8:1:2::/64');
    expect(await named({ proxies: ['127.0.0.1'] }, '::ffff:203.0.113.7')).toBe('203.0.113.7');
  });
});

describe('a proxy of the environment', () => {
  it('carries wss to other hosts, and never what stays on this computer', async () => {
    const tls = trusted('hub.example');
    const { address } = await hub({ tls, publicHost: 'hub.example' });
    const asked: string[] = [];
    const proxy = await connectProxy(Number(new URL(address).port), asked);
    const env = { HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` };

    await dial('wss://hub.example', env);
    expect(asked).toEqual(['hub.example:443']);
    expect(callers).toHaveLength(1);

    await dial(address, env);
    expect(asked).toHaveLength(1);
  });

  it('that refuses is told without its password', async () => {
    const server = createServer();
    server.on('connect', (_, socket) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open.push({ close: () => new Promise((resolve) => server.close(resolve)) });
    const { port } = server.address() as AddressInfo;

    const refused = await dial('wss://hub.example', {
      HTTPS_PROXY: `http://ada:hunter2@127.0.0.1:${port}`,
    }).catch((error: unknown) => String(error));

    expect(refused).toContain('the proxy that HTTPS_PROXY names does not let it through');
    expect(refused).not.toContain('hunter2');
  });

  it('of another form than Node knows is refused in words', async () => {
    await expect(
      dial('wss://hub.example', { HTTPS_PROXY: 'socks5://ada:hunter2@proxy' }),
    ).rejects.toMatchObject({
      message: expect.not.stringContaining('hunter2'),
      code: 'BOT_UNREACHABLE',
    });
  });

  /** Every CONNECT leads to `port` of this computer. */
  async function connectProxy(port: number, asked: string[]): Promise<Server> {
    const server = createServer();
    const tunnels: Duplex[] = [];
    server.on('connect', (request: IncomingMessage, socket: Duplex) => {
      asked.push(request.url ?? '');
      tunnels.push(socket);
      const upstream = connect(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        upstream.pipe(socket).pipe(upstream);
      });
      for (const end of [socket, upstream]) end.on('error', () => upstream.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open.push({
      close: () => {
        for (const tunnel of tunnels) tunnel.destroy();
        return new Promise((resolve) => server.close(resolve));
      },
    });
    return server;
  }
});
