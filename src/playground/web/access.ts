/**
 * Who may talk to the page's server: browsers that opened the address with the key of this start, from the page itself.
 * - The key comes once in the address and then as a cookie that scripts cannot read and other sites cannot send.
 * - The host must be a name of this computer: a name that somebody pointed at 127.0.0.1 is refused.
 * - The live connection must come from the page: its Origin is the host that it talks to.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const LOOPBACK = /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/;

export class Access {
  readonly key = randomBytes(24).toString('base64url');

  /** True for a host of this computer. Ports differ where the page is forwarded over SSH. */
  isOurHost({ headers }: IncomingMessage): boolean {
    return LOOPBACK.test(headers.host ?? '');
  }

  /** True when the address itself holds the key. */
  hasKey(url: URL): boolean {
    return isEqual(url.searchParams.get('key') ?? '', this.key);
  }

  hasCookie({ headers }: IncomingMessage): boolean {
    const values = (headers.cookie ?? '').split(';').map((pair) => pair.trim());
    return values.some((pair) => isEqual(pair, this.#pair));
  }

  /** True for a live connection that the page itself opened. */
  isFromPage(request: IncomingMessage): boolean {
    const { origin, host } = request.headers;
    return this.isOurHost(request) && origin === `http://${host}` && this.hasCookie(request);
  }

  /** Value of `Set-Cookie`. Cookies do not know ports, so that each start has a name of its own. */
  get cookie(): string {
    return `${this.#pair}; HttpOnly; SameSite=Strict; Path=/`;
  }

  get #pair(): string {
    return `playground-${digest(this.key).toString('hex').slice(0, 8)}=${this.key}`;
  }
}

function isEqual(one: string, other: string): boolean {
  return timingSafeEqual(digest(one), digest(other));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
