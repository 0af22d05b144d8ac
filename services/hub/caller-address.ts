import type { IncomingMessage } from 'node:http';
import { isIP, isIPv6 } from 'node:net';

/**
 * What connections of one caller are counted under: an IPv4 address, or the /64 of an IPv6 one, since everybody has all of
 * a /64.
 */
export function countedAddress(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = plain.split('::');
  const parts = (text: string) => text.split(':').filter((part) => part !== '');
  const [before, after] = [parts(head), tail === undefined ? [] : parts(tail)];
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  const all = [...before, ...Array.from({ length: Math.max(zeros, 0) }, () => '0'), ...after];
  const first = all.slice(0, 4).map((part) => Number.parseInt(part, 16).toString(16));
  return `${first.join(':')}::/64`;
}

/**
 * Whom a proxy speaks for: the last address of `X-Forwarded-For`, which the proxy itself wrote. Undefined where the other
 * end is none of the proxies that were named in HUB_TRUST_PROXY, or it does not say an address. Some write a port behind it.
 */
export function forwardedAddress(
  { socket, headersDistinct }: IncomingMessage,
  proxies: readonly string[],
): string | undefined {
  if (!isProxy(socket.remoteAddress, proxies)) return undefined;
  const last = headersDistinct['x-forwarded-for']?.join(',').split(',').at(-1)?.trim();
  const address = last?.replace(/^\[(.+)\](:\d+)?$/, '$1').replace(/^([\d.]+):\d+$/, '$1') ?? '';
  return isIP(address.replace(/%.*$/, '')) === 0 ? undefined : countedAddress(address);
}

export function isProxy(address: string | undefined, proxies: readonly string[]): boolean {
  return address !== undefined && proxies.includes(address.replace(/^::ffff:(?=\d+\.)/i, ''));
}
