import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toBase64url } from '../../src/protocol/base64url.ts';
import { verifyCommand } from '../../src/protocol/commands.ts';
import { unverifiedClaims } from '../../src/protocol/jws.ts';
import { exportPrivate, publicKey } from '../../src/protocol/keys.ts';
import { decode, hs256, otherSpelling, resign, signTexts } from './forgery.ts';
import { A, B, BOT, COMMAND_READER, commandJws, H, M, NOW_S } from './parties.ts';

const jws = commandJws();
const { header, claims } = decode(jws);
const headerText = JSON.stringify(header);
const claimsText = JSON.stringify(claims);
const [part1, part2, part3] = jws.split('.') as [string, string, string];

const codeOf = async (raw: string) => {
  const result = await verifyCommand(raw, COMMAND_READER);
  return result.ok ? 'taken' : result.code;
};

it('what was signed is taken', async () => {
  expect(await codeOf(jws)).toBe('taken');
  expect(await codeOf(signTexts(headerText, claimsText, B))).toBe('taken');
});

describe('a JWS is refused', () => {
  const pem = publicKey(B.publicJwk).export({ format: 'pem', type: 'spki' });
  const raw32 = Buffer.from(B.publicJwk.x, 'base64url');
  const none = toBase64url(JSON.stringify({ ...header, alg: 'none' }));

  it.each([
    ['nothing', ''],
    ['two dots', '..'],
    ['no signature', `${part1}.${part2}.`],
    ['a part too few', `${part1}.${part2}`],
    ['a part too many', `${jws}.${part3}`],
    ['a part cut off', jws.slice(0, -10)],
    ['alg none, without a signature', `${none}.${part2}.`],
    ['alg none, with the signature', `${none}.${part2}.${part3}`],
    ['HS256 with the public key in PEM', hs256(jws, pem)],
    ['HS256 with the bytes of the public key', hs256(jws, raw32)],
    ['HS256 with x', hs256(jws, B.publicJwk.x)],
    ['alg EdDSA', resign(jws, { header: { alg: 'EdDSA' } }, B)],
    ['alg in other letters', resign(jws, { header: { alg: 'ed25519' } }, B)],
    ['a further header member', resign(jws, { header: { jwk: M.publicJwk } }, B)],
    ['crit', resign(jws, { header: { crit: ['b64'], b64: true } }, B)],
    ['no kid', signTexts(JSON.stringify({ alg: 'Ed25519', typ: header['typ'] }), claimsText, B)],
    ['the kid of another key', resign(jws, { header: { kid: M.kid } }, B)],
    ['the signature of another key', resign(jws, {}, M)],
    ['another key under its own name', resign(jws, { header: { kid: M.kid } }, M)],
    ['a repeated header member', signTexts(headerText.replace('{', '{"alg":"Ed25519",'), claimsText, B)],
    ['a repeated claim', signTexts(headerText, claimsText.replace('{', '{"seq":9,'), B)],
    [
      'a repeated claim, spelled otherwise',
      signTexts(headerText, claimsText.replace('{', String.raw`{"s\u0065q":9,`), B),
    ],
    ['a header that is a list', signTexts('[]', claimsText, B)],
    ['claims that are no object', signTexts(headerText, 'null', B)],
    ['claims with a byte order mark', signTexts(headerText, `\ufeff${claimsText}`, B)],
    ['padding', `${part1}.${part2}.${part3}==`],
    ['a space behind', `${jws} `],
    ['a line break inside', `${part1}.\n${part2}.${part3}`],
    ['the other alphabet', jws.replaceAll('-', '+').replaceAll('_', '/')],
    ['a letter beyond ASCII', `${part1}.${part2}.${part3.slice(0, -1)}é`],
    ['more bytes than it may have', `${jws}${'A'.repeat(9000)}`],
  ])('with BAD_SIGNATURE for %s', async (_, raw) => {
    expect(raw).not.toBe(jws);
    expect(await codeOf(raw)).toBe('BAD_SIGNATURE');
  });

  it('with BAD_SIGNATURE for each part in another spelling of the same bytes', async () => {
    const parts = [part1, part2, part3];
    const spellings = parts.flatMap((part, place) => {
      const other = otherSpelling(part);
      return other === undefined ? [] : [parts.with(place, other).join('.')];
    });
    expect(spellings.length).toBeGreaterThan(0);
    for (const raw of spellings) {
      expect(raw.split('.').map((part) => Buffer.from(part, 'base64url').toString('hex'))).toEqual(
        parts.map((part) => Buffer.from(part, 'base64url').toString('hex')),
      );
      expect(await codeOf(raw)).toBe('BAD_SIGNATURE');
    }
  });

  it.each(['awm-evt+jwt', 'AWM-CMD+JWT', 'application/awm-cmd+jwt', 'awm-cmd+jwt ', 'JWT', ''])(
    'with WRONG_TYPE for the typ "%s", though jose takes some of them',
    async (typ) => {
      expect(await codeOf(resign(jws, { header: { typ } }, B))).toBe('WRONG_TYPE');
    },
  );

  it.each([
    ['another agent', { aud: 'ag_019ab2c3-d4e5-7f60-8123-4567890000ff' }],
    ['a list of one', { aud: [claims['aud']] }],
    ['a list with the agent in it', { aud: [BOT, claims['aud']] }],
    ['the bot itself', { aud: BOT }],
    ['another sender', { iss: `bt_${M.kid}` }],
  ])('with WRONG_AUDIENCE for %s', async (_, changes) => {
    expect(await codeOf(resign(jws, { claims: changes }, B))).toBe('WRONG_AUDIENCE');
  });

  it.each([
    ['EXPIRED', 'whose time is over', { iat: NOW_S - 900, exp: NOW_S }],
    ['EXPIRED', 'that would live for 15 minutes and a second', { exp: NOW_S + 901 }],
    ['EXPIRED', 'that would live for ten years', { exp: NOW_S + 315_360_000 }],
    ['CLOCK_SKEW', 'that was signed 121 seconds ahead', { iat: NOW_S + 121, exp: NOW_S + 200 }],
    ['CLOCK_SKEW', 'that was signed in a year', { iat: NOW_S + 31_536_000, exp: NOW_S + 31_536_900 }],
    ['BAD_PARAMS', 'without an end', { exp: undefined }],
    ['BAD_PARAMS', 'without a beginning', { iat: undefined }],
    ['BAD_PARAMS', 'whose end is text', { exp: String(NOW_S + 60) }],
    ['BAD_PARAMS', 'with half a second', { iat: NOW_S + 0.5 }],
    ['BAD_PARAMS', 'with a claim too many', { nbf: NOW_S }],
    ['BAD_PARAMS', 'without a name', { jti: undefined }],
  ])('with %s if it is one %s', async (code, _, changes) => {
    expect(await codeOf(resign(jws, { claims: changes }, B))).toBe(code);
  });

  it('at 120 seconds ahead it is still taken', async () => {
    const raw = resign(jws, { claims: { iat: NOW_S + 120, exp: NOW_S + 900 } }, B);
    expect(await codeOf(raw)).toBe('taken');
  });

  it('after any change of one character', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(jws.length - 1),
        fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.= \n+/'),
        async (place, character) => {
          fc.pre(jws[place] !== character);
          expect(await codeOf(jws.slice(0, place) + character + jws.slice(place + 1))).not.toBe('taken');
        },
      ),
      { numRuns: 500 },
    );
  });

  it('after any change of one bit, any cut and any addition', async () => {
    const change = fc.oneof(
      fc.tuple(fc.nat(jws.length - 1), fc.nat(7)).map(([place, bit]) => {
        const bytes = Buffer.from(jws, 'latin1');
        bytes[place] = (bytes[place] as number) ^ (1 << bit);
        return bytes.toString('latin1');
      }),
      fc.nat(jws.length - 1).map((length) => jws.slice(0, length)),
      fc.string({ minLength: 1 }).map((more) => jws + more),
      fc.string({ minLength: 1 }).map((more) => more + jws),
    );
    await fc.assert(
      fc.asyncProperty(change, async (raw) => {
        expect(await codeOf(raw)).not.toBe('taken');
      }),
      { numRuns: 500 },
    );
  });

  it('without an exception, whatever it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.string(), fc.jsonValue(), async (one, two, value) => {
        expect(await codeOf(`${one}.${two}`)).toBe('BAD_SIGNATURE');
        expect(await codeOf(signTexts(headerText, JSON.stringify(value), B))).not.toBe('taken');
        expect(await codeOf(signTexts(JSON.stringify(value), claimsText, B))).not.toBe('taken');
      }),
    );
  });
});

it('the keys of others sign nothing that a command reader takes', async () => {
  for (const key of [A, H, M]) expect(await codeOf(commandJws(undefined, {}, key))).toBe('BAD_SIGNATURE');
});

it('unverified claims are only read from the one spelling', () => {
  expect(unverifiedClaims(jws)).toEqual(claims);
  expect(unverifiedClaims(`${jws}=`)).toBeUndefined();
  expect(unverifiedClaims('')).toBeUndefined();
});

it('a fault of ours is an exception while signing, and holds no key', () => {
  const big = { t: 'job.cancel', body: { job: 'x'.repeat(9000) } } as unknown as Parameters<
    typeof commandJws
  >[0];
  const secret = exportPrivate(B, 'KEY').reveal().toString().split('\n')[1] as string;
  expect(() => commandJws(big)).toThrow(/job\.cancel is not of its form/);
  expect(() => commandJws(big)).not.toThrow(new RegExp(secret.slice(0, 20)));
});
