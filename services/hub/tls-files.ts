import { readFileSync, statSync } from 'node:fs';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { AppError, hasErrno } from '../../src/shared/errors.ts';

/** Where the hub's own certificate and its key lie, PEM; the certificate with all that lead up to its root. */
export interface TlsPaths {
  readonly certificate: string;
  readonly key: string;
}

/**
 * The certificate and key as they are now.
 * @throws HUB_TLS_UNUSABLE naming the file; nothing of the key is in it
 */
export function readTlsFiles({ certificate, key }: TlsPaths): SecureContextOptions {
  const options = { cert: readPem(certificate), key: readPem(key), minVersion: 'TLSv1.2' } as const;
  try {
    createSecureContext(options);
  } catch (cause) {
    const reason = 'certificate and key do not belong together, or one of them is damaged';
    throw new AppError('HUB_TLS_UNUSABLE', { path: certificate, reason }, { cause });
  }
  return options;
}

/** Changes whenever one of the files, or who may read it, did: certificates are renewed while the bot runs. */
export function tlsStamp({ certificate, key }: TlsPaths): string | undefined {
  try {
    return [certificate, key].map((path) => statSync(path, { bigint: true }).ctimeNs).join();
  } catch {
    // One of them is being exchanged: looked at again.
    return undefined;
  }
}

function readPem(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    const reason = hasErrno(cause, 'ENOENT') ? 'it is not there' : 'it cannot be read';
    throw new AppError('HUB_TLS_UNUSABLE', { path, reason }, { cause });
  }
}
