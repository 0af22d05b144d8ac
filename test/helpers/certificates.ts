import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** PEM files of an authority made for this test, and of a host that it certifies. */
export interface TestCertificate {
  /** What is to be trusted. */
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/** Made with openssl, in `folder`: an authority, and a certificate of `host` and 127.0.0.1 for ten days. */
export function makeCertificate(folder: string, host = 'localhost'): TestCertificate {
  const at = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl(
    ...['req', '-x509', ...newKey, '-days', '10', '-subj', '/CN=authority of a test'],
    ...['-keyout', at('authority.key'), '-out', at('authority.pem')],
  );
  writeFileSync(at('host.ext'), `subjectAltName=DNS:${host},IP:127.0.0.1\n`);
  openssl('req', ...newKey, '-subj', `/CN=${host}`, '-keyout', at('host.key'), '-out', at('host.csr'));
  openssl(
    ...['x509', '-req', '-in', at('host.csr'), '-CA', at('authority.pem'), '-CAkey', at('authority.key')],
    ...['-CAcreateserial', '-days', '10', '-extfile', at('host.ext'), '-out', at('host.pem')],
  );
  return { authority: at('authority.pem'), certificate: at('host.pem'), key: at('host.key') };
}
