import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type Caller, type Listener, listen } from '../../../services/hub/listen.ts';
import { TRANSPORT, UNPROVEN } from '../../../src/protocol/limits.ts';
import { useTempFolder } from '../../helpers/temp.ts';
import { openSocket, Wire } from '../test-agent.ts';

const folder = useTempFolder();
const open: { close(): unknown }[] = [];
const callers: Caller[] = [];
const isRoot = process.getuid?.() === 0;

afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
  callers.length = 0;
});

async function listenAt(path: string): Promise<Listener> {
  const listener = await listen({ kind: 'unix', path }, (caller) => callers.push(caller));
  open.push(listener);
  return listener;
}

async function listenOnPort(): Promise<Listener> {
  const listener = await listen({ kind: 'loopback', port: 0 }, (caller) => callers.push(caller));
  open.push(listener);
  return listener;
}

function inFolder(mode = 0o700): string {
  mkdirSync(join(folder(), 'run'));
  chmodSync(join(folder(), 'run'), mode);
  return join(folder(), 'run', 'hub.sock');
}

async function plainServer(path: string): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return server;
}

/** A socket file whose listener is gone, as after a kill. */
async function deadSocket(path: string): Promise<void> {
  const server = await plainServer(`${path}.first`);
  linkSync(`${path}.first`, path);
  await new Promise((resolve) => server.close(resolve));
}

/** HTTP status of a refused upgrade; 101 when it was accepted. */
async function statusOf(address: string, changes: Parameters<typeof openSocket>[1]): Promise<number> {
  const socket = openSocket(address, changes);
  return await new Promise((resolve, reject) => {
    socket.once('open', () => {
      socket.terminate();
      resolve(101);
    });
    socket.once('unexpected-response', (_, response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    socket.once('error', reject);
  });
}

describe('the socket', () => {
  it('is made in a folder of its own, for this user alone', async () => {
    const path = join(folder(), 'state', 'migration-bot', 'hub.sock');

    const { address } = await listenAt(path);

    expect(address).toBe(`unix:${path}`);
    expect(lstatSync(path).isSocket()).toBe(true);
    expect(lstatSync(path).mode & 0o777).toBe(0o600);
    expect(lstatSync(join(folder(), 'state', 'migration-bot')).mode & 0o777).toBe(0o700);
    expect((await Wire.open(address)).socket.protocol).toBe('awm.v1');
    expect(callers[0]?.sameUser).toBe(true);
  });

  it.each([0o755, 0o770, 0o701])('is refused in a folder that others reach (%o)', async (mode) => {
    await expect(listenAt(inFolder(mode))).rejects.toMatchObject({
      code: 'HUB_SOCKET_UNSAFE',
      message: expect.stringContaining('0700'),
    });
  });

  it.runIf(isRoot)('is refused in a folder of another user', async () => {
    const path = inFolder();
    chownSync(join(folder(), 'run'), 12_345, 12_345);

    await expect(listenAt(path)).rejects.toMatchObject({ message: expect.stringContaining('another user') });
  });

  it.runIf(isRoot)('of another user is left where it is', async () => {
    const path = inFolder();
    await deadSocket(path);
    chownSync(path, 12_345, 12_345);

    await expect(listenAt(path)).rejects.toMatchObject({ message: expect.stringContaining('another user') });
    expect(existsSync(path)).toBe(true);
  });

  it('takes the place of a dead one', async () => {
    const path = inFolder();
    await deadSocket(path);

    const { address } = await listenAt(path);

    expect(await statusOf(address, {})).toBe(101);
  });

  it('never takes the place of a living one, nor of something that is no socket', async () => {
    const path = inFolder();
    const other = await plainServer(path);
    open.push(other);
    await expect(listenAt(path)).rejects.toMatchObject({ code: 'HUB_ALREADY_RUNNING' });

    await new Promise((resolve) => open.splice(0)[0] && other.close(resolve));
    writeFileSync(path, 'a file');
    await expect(listenAt(path)).rejects.toMatchObject({ message: expect.stringContaining('not a socket') });
    expect(existsSync(path)).toBe(true);
  });

  it('belongs to one process: the lock is held until it is closed, and no longer', async () => {
    const path = inFolder();
    const first = await listenAt(path);
    await expect(listenAt(path)).rejects.toMatchObject({ code: 'HUB_ALREADY_RUNNING' });
    unlinkSync(path);
    await expect(listenAt(path)).rejects.toMatchObject({ code: 'HUB_ALREADY_RUNNING' });

    await first.close();
    const second = await listenAt(path);

    expect(await statusOf(second.address, {})).toBe(101);
  });

  it('has a path of at most 100 bytes', async () => {
    const path = join(folder(), 'x'.repeat(TRANSPORT.maxSocketPathBytes));

    await expect(listenAt(path)).rejects.toMatchObject({ message: expect.stringContaining('at most 100') });
  });
});

describe.each([
  ['the Unix socket', () => listenAt(inFolder())],
  ['127.0.0.1', listenOnPort],
])('a request over %s', (_, start) => {
  it('of a web page is refused with 403, whatever else it says', async () => {
    const { address } = await start();

    expect(await statusOf(address, { headers: { Origin: 'https://example.org' } })).toBe(403);
    expect(await statusOf(address, { headers: { Origin: 'null', Host: 'localhost' } })).toBe(403);
  });

  it('for another host is refused with 421: a name that somebody pointed at this computer', async () => {
    const { address } = await start();

    expect(await statusOf(address, { headers: { Host: 'rebound.example.org' } })).toBe(421);
  });

  it('for another path gets 404, for another subprotocol 400', async () => {
    const { address } = await start();

    expect(await statusOf(address, { path: '/' })).toBe(404);
    expect(await statusOf(address, { path: '/agent/v1?x' })).toBe(404);
    expect(await statusOf(address, { protocol: 'awm.v2' })).toBe(400);
  });

  it('is accepted without deflate when all is as agreed', async () => {
    const { address } = await start();

    const { socket } = await Wire.open(address);

    expect(socket.extensions).toBe('');
    expect(callers).toHaveLength(1);
  });
});

describe('connections that have proven nothing', () => {
  it('and were refused are ended, whatever the other side does, and their place is free again', async () => {
    const { address, unproven, close } = await listenOnPort();
    const { port, host } = new URL(address);
    const half = connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true });
    open.push({ close: () => half.destroy() });
    const answered = new Promise<string>((resolve) => half.once('data', (data) => resolve(String(data))));
    half.write(
      `GET /agent/v1 HTTP/1.1\r\nHost: ${host}\r\nOrigin: https://example.org\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
    );
    expect(await answered).toContain('403');
    while (unproven.count > 0) await new Promise((resolve) => setImmediate(resolve));

    await close();
    expect(unproven.count).toBe(0);
  });

  it('are at most twenty from one address', async () => {
    const { address, unproven } = await listenOnPort();
    for (let count = 0; count < UNPROVEN.perAddress; count++) await Wire.open(address);

    await expect(Wire.open(address)).rejects.toThrow();

    expect(unproven.count).toBe(UNPROVEN.perAddress);
    callers[0]?.leaveUnproven();
    await Wire.open(address);
  });

  it('are not counted by address on the Unix socket', async () => {
    const { address, unproven } = await listenAt(inFolder());

    for (let count = 0; count <= UNPROVEN.perAddress; count++) await Wire.open(address);

    expect(unproven.count).toBe(UNPROVEN.perAddress + 1);
  });
});
