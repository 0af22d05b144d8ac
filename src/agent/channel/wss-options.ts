import { Agent } from 'node:https';
import { getCACertificates } from 'node:tls';
import type { ClientOptions } from 'ws';
import { AppError } from '../../shared/errors.ts';
import { isLoopback } from '../loopback.ts';

/**
 * What a connection beyond this machine is made with: the certificates that Node brings along, those of the system and those
 * of NODE_EXTRA_CA_CERTS; the proxy that the environment names (HTTPS_PROXY, NO_PROXY), never for this machine itself. There
 * is no way to leave the certificate unchecked.
 * @throws BOT_UNREACHABLE for a proxy of another form, which Node would pass over
 */
export function wssOptions(url: string, env: Readonly<Record<string, string | undefined>>): ClientOptions {
  const { hostname } = new URL(url);
  const isHere = isLoopback(hostname) || hostname === 'localhost';
  const proxy = env['HTTPS_PROXY'] || env['https_proxy'];
  if (proxy && !isHere && !/^https?:\/\//i.test(proxy)) throw proxyForm(url);
  return {
    // Said here, so that NODE_TLS_REJECT_UNAUTHORIZED is no such way either.
    rejectUnauthorized: true,
    ca: [...getCACertificates('default'), ...getCACertificates('system')],
    ...(proxy && !isHere ? { agent: new Agent({ proxyEnv: { ...env } }) } : {}),
  };
}

function proxyForm(address: string): AppError {
  // Its text is not shown: it may hold a password.
  const reason = 'HTTPS_PROXY must begin with http:// or https://';
  return new AppError('BOT_UNREACHABLE', { address, reason });
}

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such socket',
  ECONNREFUSED: 'nobody listens there',
  EACCES: 'permission denied',
  ENOTFOUND: 'there is no host of that name',
  EAI_AGAIN: 'the name of the host cannot be looked up now; is there a network?',
  ETIMEDOUT: 'it does not answer',
  ENETUNREACH: 'there is no network to it',
  EHOSTUNREACH: 'there is no network to it',
  ERR_PROXY_TUNNEL: 'the proxy that HTTPS_PROXY names does not let it through',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  CERT_HAS_EXPIRED: 'its certificate has expired, or the clock of this computer is wrong',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by nobody that this computer trusts',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is signed by nobody that this computer trusts',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'its certificate is signed by nobody that this computer trusts, or comes without those that lead up to its root',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is signed by nobody that this computer trusts',
};

/** Why a connection could not be made, in words where there are some. */
export function unreachableReason(error: Error): string {
  const code = 'code' in error ? String(error.code) : '';
  const status = /Unexpected server response: (\d+)/.exec(error.message)?.[1];
  if (status !== undefined)
    return `what answers there is no bot, or a proxy in front of it refuses (HTTP ${status})`;
  // The runtime's own message can name a proxy with its password.
  return WORDS[code] ?? (code === '' ? 'it cannot be reached' : `error ${code}`);
}
