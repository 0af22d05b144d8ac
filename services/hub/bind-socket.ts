/**
 * How the hub takes its Unix socket (channel.md §2): lock, look at the folder, remove only a dead socket of our own,
 * listen so that nobody else can connect, look again. The lock is held until the socket is closed: a process that closes
 * removes the file by its name, which by then could be its successor's.
 */
import { lstatSync, mkdirSync, unlinkSync } from 'node:fs';
import { connect, type Server } from 'node:net';
import { dirname } from 'node:path';
import { TRANSPORT } from '../../src/protocol/limits.ts';
import { AppError, hasErrno } from '../../src/shared/errors.ts';
import { lockFile, type Release } from './socket-lock.ts';

/**
 * Listens at `path` and returns what gives the lock back once the server is closed.
 * @throws HUB_SOCKET_UNSAFE naming what is wrong with the path, folder or socket; HUB_ALREADY_RUNNING
 */
export async function bindSocket(server: Server, path: string): Promise<Release> {
  const uid = process.getuid?.();
  if (uid === undefined) throw unsafe(path, 'this system has no users as sockets know them');
  const bytes = Buffer.byteLength(path);
  if (bytes > TRANSPORT.maxSocketPathBytes)
    throw unsafe(path, `it has ${bytes} bytes, and at most ${TRANSPORT.maxSocketPathBytes} work everywhere`);
  const folder = dirname(path);
  const release = inWords(path, () => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return lockFile(`${path}.lock`, uid);
  });
  try {
    requireFolder(folder, uid);
    await removeDead(path, uid);
    await listenPrivately(server, path);
    requireFolder(folder, uid);
    requireSocket(path, uid);
    return release;
  } catch (error) {
    await new Promise((resolve) => server.close(resolve));
    release();
    throw error;
  }
}

/** Errors of the operating system become one that names the path. */
function inWords<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('HUB_SOCKET_UNSAFE', { path, reason: reasonOf(cause) }, { cause });
  }
}

function requireFolder(folder: string, uid: number): void {
  const found = inWords(folder, () => lstatSync(folder));
  if (!found.isDirectory()) throw unsafe(folder, 'it is not a folder');
  if (found.uid !== uid) throw unsafe(folder, 'it belongs to another user');
  if ((found.mode & 0o777) !== 0o700)
    throw unsafe(folder, 'its mode must be 0700, so that only you reach it');
}

async function removeDead(path: string, uid: number): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket()) throw unsafe(path, 'what is there is not a socket');
  if (found.uid !== uid) throw unsafe(path, 'the socket there belongs to another user');
  if (await isAnswered(path)) throw new AppError('HUB_ALREADY_RUNNING', { path });
  inWords(path, () => unlinkSync(path));
}

async function isAnswered(path: string): Promise<boolean> {
  return await new Promise((resolve, reject) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error) => {
      if (hasErrno(error, 'ECONNREFUSED')) resolve(false);
      else reject(unsafe(path, reasonOf(error)));
    });
  });
}

async function listenPrivately(server: Server, path: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(unsafe(path, reasonOf(error))));
    // `listen` makes the file before it returns.
    const before = process.umask(0o177);
    try {
      server.listen(path, resolve);
    } finally {
      process.umask(before);
    }
  });
}

function requireSocket(path: string, uid: number): void {
  const found = inWords(path, () => lstatSync(path));
  const isPrivate = found.isSocket() && found.uid === uid && (found.mode & 0o077) === 0;
  if (!isPrivate) throw unsafe(path, 'somebody exchanged it while it was made');
}

function unsafe(path: string, reason: string): AppError {
  return new AppError('HUB_SOCKET_UNSAFE', { path, reason });
}

function reasonOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
