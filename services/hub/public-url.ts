import { TRANSPORT } from '../../src/protocol/limits.ts';
import { AppError } from '../../src/shared/errors.ts';

/** What other computers dial: `wss://HOST[:PORT]`, and how they name the host in their requests. */
export interface PublicUrl {
  readonly url: string;
  /** As the `Host` header spells it. */
  readonly host: string;
}

/**
 * HUB_PUBLIC_URL. Only `wss://`: beyond this computer everything is encrypted.
 * @throws HUB_ADDRESS_INVALID
 */
export function parsePublicUrl(text: string): PublicUrl {
  const invalid = (reason: string) => new AppError('HUB_ADDRESS_INVALID', { address: text, reason });
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'wss:') throw invalid('HUB_PUBLIC_URL reads wss://HOST or wss://HOST:PORT');
  const isBare = url.username === '' && url.password === '' && url.hash === '' && url.search === '';
  if (!isBare || (url.pathname !== '/' && url.pathname !== TRANSPORT.path))
    throw invalid('it may hold nothing but a host and a port');
  return { url: `wss://${url.host}`, host: url.host };
}
