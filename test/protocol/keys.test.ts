import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  exportPrivate,
  importPrivate,
  isPublicJwk,
  newKey,
  parsePublicJwk,
  thumbprint,
} from '../../src/protocol/keys.ts';
import { AppError } from '../../src/shared/errors.ts';
import { Secret } from '../../src/shared/secret.ts';
import { otherSpelling } from './forgery.ts';
import { A } from './parties.ts';

/** RFC 8037, appendix A.2 and A.3. */
const RFC_KEY = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' };
const RFC_THUMBPRINT = 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k';

describe('a public key', () => {
  it('has the thumbprint that the standard gives for its example', () => {
    expect(thumbprint(parsePublicJwk(RFC_KEY))).toBe(RFC_THUMBPRINT);
  });

  it.each([
    ['a further member', { ...RFC_KEY, kid: 'x' }],
    ['a member that is missing', { kty: 'OKP', x: RFC_KEY.x }],
    ['the private half', { ...RFC_KEY, d: RFC_KEY.x }],
    ['another curve', { ...RFC_KEY, crv: 'X25519' }],
    ['altered trailing bits', { ...RFC_KEY, x: otherSpelling(RFC_KEY.x) }],
    ['padding', { ...RFC_KEY, x: `${RFC_KEY.x}=` }],
    ['a space', { ...RFC_KEY, x: `${RFC_KEY.x} ` }],
    ['the other alphabet of base64', { ...RFC_KEY, x: RFC_KEY.x.replace('_', '/') }],
    ['31 bytes', { ...RFC_KEY, x: Buffer.alloc(31, 9).toString('base64url') }],
    ['33 bytes', { ...RFC_KEY, x: Buffer.alloc(33, 9).toString('base64url') }],
    ['an x that is no text', { ...RFC_KEY, x: 7 }],
    ['nothing', null],
    ['a list', [RFC_KEY]],
    ['text', JSON.stringify(RFC_KEY)],
  ])('is refused with %s', (_, value) => {
    expect(isPublicJwk(value)).toBe(false);
    expect(() => parsePublicJwk(value)).toThrow(AppError);
  });
});

describe('a private key', () => {
  it('comes back from its file with the same name', () => {
    const key = newKey();
    expect(importPrivate(exportPrivate(key, 'AGENT_KEY')).kid).toBe(key.kid);
  });

  it('is new each time', () => {
    expect(newKey().kid).not.toBe(newKey().kid);
  });

  it.each([
    ['no key at all', 'hello'],
    [
      'a key of another kind',
      '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VuBCIEIAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB\n-----END PRIVATE KEY-----\n',
    ],
  ])('is refused when the file holds %s, without a word of it in the message', (_, text) => {
    const importing = () => importPrivate(new Secret('AGENT_KEY', text));
    expect(importing).toThrow(/AGENT_KEY is not/);
    expect(importing).not.toThrow(new RegExp(text.slice(0, 5)));
  });

  it('is never printed', () => {
    const text = exportPrivate(A, 'AGENT_KEY');
    const secret = A.privateKey.export({ format: 'jwk' }).d as string;
    const printed = `${text} ${JSON.stringify(A)} ${inspect(A, { depth: 9 })} ${inspect(text)}`;
    expect(printed).toContain('[secret AGENT_KEY]');
    expect(printed).not.toContain(secret);
    expect(printed).not.toContain(text.reveal().toString().split('\n')[1]);
  });
});
