import { join } from 'node:path';
import { AppError } from '../../src/shared/errors.ts';

/** Where the hub listens. In this version only agents on the same computer reach it. */
export type HubAddress =
  | { readonly kind: 'unix'; readonly path: string }
  /** 127.0.0.1; port 0 lets the system choose. Every user of the computer reaches it, so nobody can pair over it. */
  | { readonly kind: 'loopback'; readonly port: number };

/**
 * `unix:PATH` or `ws://127.0.0.1:PORT` (channel.md §2).
 * @throws HUB_ADDRESS_INVALID for anything else
 */
export function parseHubAddress(text: string): HubAddress {
  if (text.startsWith('unix:')) {
    const path = text.slice('unix:'.length);
    if (!path.startsWith('/')) throw invalid(text, 'the path of the socket must begin with /');
    return { kind: 'unix', path };
  }
  const [, digits] = /^ws:\/\/127\.0\.0\.1:([0-9]{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > 65_535)
    throw invalid(text, 'write unix:PATH or ws://127.0.0.1:PORT; other computers cannot connect yet');
  return { kind: 'loopback', port };
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
