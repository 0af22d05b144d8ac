import { isIP } from 'node:net';
import { join } from 'node:path';
import { AppError } from '../../src/shared/errors.ts';

/** Where the hub listens. */
export type HubAddress =
  | { readonly kind: 'unix'; readonly path: string }
  /** 127.0.0.1; port 0 lets the system choose. Every user of the computer reaches it, and a proxy that ends TLS. */
  | { readonly kind: 'loopback'; readonly port: number }
  /** With the hub's own certificate; `host` is an address of this computer, or `0.0.0.0` or `::` for all of them. */
  | { readonly kind: 'tls'; readonly host: string; readonly port: number };

const FORM = 'write unix:PATH, ws://127.0.0.1:PORT or wss://ADDRESS:PORT';

/**
 * `unix:PATH`, `ws://127.0.0.1:PORT` or `wss://ADDRESS:PORT` (channel.md §2); ADDRESS is a number, not a name.
 * @throws HUB_ADDRESS_INVALID for anything else
 */
export function parseHubAddress(text: string): HubAddress {
  if (text.startsWith('unix:')) {
    const path = text.slice('unix:'.length);
    if (!path.startsWith('/')) throw invalid(text, 'the path of the socket must begin with /');
    return { kind: 'unix', path };
  }
  const [, scheme, named = '', digits] = /^(wss?):\/\/(.+):([0-9]{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (scheme === undefined || port > 65_535) throw invalid(text, FORM);
  if (scheme === 'ws') {
    if (named === '127.0.0.1') return { kind: 'loopback', port };
    throw invalid(
      text,
      'without encryption only 127.0.0.1 is listened at; use wss:// or a proxy that ends TLS',
    );
  }
  const host = named.replace(/^\[(.+)\]$/, '$1');
  if (isIP(host) === 0)
    throw invalid(text, 'name an address of this computer in numbers, or 0.0.0.0 for all');
  return { kind: 'tls', host, port };
}

/** Several addresses with spaces or commas between them. @throws HUB_ADDRESS_INVALID, also where there is none */
export function parseHubAddresses(text: string): readonly HubAddress[] {
  const parts = text.split(/[\s,]+/).filter((part) => part !== '');
  if (parts.length === 0) throw invalid(text, FORM);
  return parts.map(parseHubAddress);
}

/** The socket that agent and bot agree on when nothing is configured. */
export function defaultHubAddress(env: Readonly<Record<string, string | undefined>>, home: string): string {
  const runtime = env['XDG_RUNTIME_DIR'];
  const folder = runtime === undefined || runtime === '' ? join(home, '.local/state') : runtime;
  return `unix:${join(folder, 'migration-bot', 'hub.sock')}`;
}

function invalid(address: string, reason: string): AppError {
  return new AppError('HUB_ADDRESS_INVALID', { address, reason });
}
