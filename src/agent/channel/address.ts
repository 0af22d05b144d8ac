import { dirname, join } from 'node:path';
import { TRANSPORT } from '../../protocol/limits.ts';
import { AppError } from '../../shared/errors.ts';
import { isLoopback } from '../loopback.ts';
import type { ReadSystem } from '../system.ts';

/** Where a hub listens: `unix:PATH`, `ws://127.0.0.1:PORT` or `wss://HOST[:PORT]`. */
export type HubAddress =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'ws' | 'wss'; readonly url: string };

const SOCKET = 'migration-bot/hub.sock';

/**
 * The addresses to try, in order: what was given, else MIGRATION_HUB, else what was used at pairing, else the two default
 * sockets of a bot that runs as the same user (channel.md §2).
 * @throws BOT_ADDRESS_INVALID
 */
export function hubAddresses(
  system: ReadSystem,
  given: string | undefined,
  paired?: string,
): readonly HubAddress[] {
  const named = given || system.env['MIGRATION_HUB'] || paired;
  if (named !== undefined) return [parseAddress(named)];
  const runtime = system.env['XDG_RUNTIME_DIR'];
  return [...(runtime ? [join(runtime, SOCKET)] : []), join(system.home, '.local/state', SOCKET)].map(
    (path) => ({ kind: 'unix', path }) as const,
  );
}

/** @throws BOT_ADDRESS_INVALID; also for `ws://` beyond this machine, where anybody in between could listen */
export function parseAddress(text: string): HubAddress {
  if (text.startsWith('unix:')) return unixAddress(text, text.slice('unix:'.length));
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'ws:' && url?.protocol !== 'wss:')
    throw invalid(text, 'it must read unix:PATH, ws://127.0.0.1:PORT or wss://HOST');
  if (url.username !== '' || url.password !== '' || url.hash !== '' || url.search !== '')
    throw invalid(text, 'it may hold nothing but a host and a port');
  if (url.pathname !== '/' && url.pathname !== TRANSPORT.path) throw invalid(text, 'it may not hold a path');
  if (url.protocol === 'ws:' && !isLoopback(url.hostname))
    throw invalid(text, 'without encryption only this machine itself can be reached; use wss://');
  return {
    kind: url.protocol === 'ws:' ? 'ws' : 'wss',
    url: `${url.protocol}//${url.host}${TRANSPORT.path}`,
  };
}

function unixAddress(text: string, path: string): HubAddress {
  if (!path.startsWith('/')) throw invalid(text, 'the path of a socket starts with /');
  if (Buffer.byteLength(path) > TRANSPORT.maxSocketPathBytes)
    throw invalid(text, `the path of a socket has at most ${TRANSPORT.maxSocketPathBytes} bytes`);
  return { kind: 'unix', path };
}

/** The same text that `parseAddress` reads. */
export function addressText(address: HubAddress): string {
  return address.kind === 'unix' ? `unix:${address.path}` : address.url.slice(0, -TRANSPORT.path.length);
}

/**
 * A socket says who is behind it only by where it lies: in a folder that is this user's alone (0700).
 * @throws BOT_SOCKET_UNSAFE, BOT_UNREACHABLE where there is none
 */
export function checkSocket(system: ReadSystem, path: string): void {
  const folder = dirname(path);
  const [place, socket] = [system.lstat(folder), system.lstat(path)];
  if (place === undefined || socket === undefined)
    throw new AppError('BOT_UNREACHABLE', { address: `unix:${path}`, reason: 'there is no such socket' });
  const unsafe = (reason: string) => new AppError('BOT_SOCKET_UNSAFE', { path, reason });
  if (place.kind !== 'folder') throw unsafe('its folder is a link or no folder');
  if (place.uid !== system.uid) throw unsafe('its folder belongs to another user');
  if ((place.mode & 0o077) !== 0) throw unsafe('others may look into its folder');
  if (socket.kind !== 'socket') throw unsafe('it is no socket');
  if (socket.uid !== system.uid) throw unsafe('it belongs to another user');
}

function invalid(address: string, reason: string): AppError {
  return new AppError('BOT_ADDRESS_INVALID', { address, reason });
}
