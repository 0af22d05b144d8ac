import { expect, it } from 'vitest';
import { isOver, signCertificate, verifyCertificate } from '../../src/protocol/certificates.ts';
import { otherSpelling, resign } from './forgery.ts';
import { A, B, BOT, CERTIFICATE, commandJws, H, keyOf, M, NOW, NOW_S } from './parties.ts';

const later = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);
const codeOf = async (raw: string, now = NOW) => {
  const result = await verifyCertificate(raw, { bot: B.publicJwk, botId: BOT, now });
  return result.ok ? 'taken' : result.code;
};

it('the bot vouches for a hub for a day', async () => {
  const result = await verifyCertificate(CERTIFICATE, { bot: B.publicJwk, botId: BOT, now: NOW });
  expect(result).toEqual({ ok: true, hub: { jwk: H.publicJwk, expires: NOW_S + 86_400 } });
});

it.each([
  ['taken', 'within ten minutes after its end', 86_400 + 599],
  ['EXPIRED', 'later', 86_400 + 600],
  ['taken', 'by a computer whose clock is a year behind', -31_536_000],
])('%s %s', async (code, _, seconds) => {
  expect(await codeOf(CERTIFICATE, later(seconds))).toBe(code);
});

it.each([
  ['BAD_SIGNATURE', 'signed by the hub itself', signCertificate(H.publicJwk, BOT, NOW, H)],
  ['BAD_SIGNATURE', 'signed by an agent', signCertificate(H.publicJwk, BOT, NOW, A)],
  ['WRONG_AUDIENCE', 'of another bot', signCertificate(H.publicJwk, `bt_${keyOf(9).kid}`, NOW, B)],
  ['WRONG_TYPE', 'that is a command', commandJws()],
  ['EXPIRED', 'for two days', resign(CERTIFICATE, { claims: { exp: NOW_S + 172_800 } }, B)],
  ['BAD_PARAMS', 'for another use', resign(CERTIFICATE, { claims: { use: 'bot' } }, B)],
  ['BAD_PARAMS', 'whose name is that of another key', resign(CERTIFICATE, { claims: { sub: M.kid } }, B)],
  ['BAD_PARAMS', 'with a further member', resign(CERTIFICATE, { claims: { root: true } }, B)],
  [
    'BAD_PARAMS',
    'with altered trailing bits in its key',
    resign(CERTIFICATE, { claims: { jwk: { ...H.publicJwk, x: otherSpelling(H.publicJwk.x) } } }, B),
  ],
  [
    'BAD_PARAMS',
    'with the private half',
    resign(CERTIFICATE, { claims: { jwk: { ...H.publicJwk, d: H.publicJwk.x } } }, B),
  ],
])('%s for a certificate %s', async (code, _, raw) => {
  expect(await codeOf(raw)).toBe(code);
});

it('is over ten minutes after its end', () => {
  const hub = { jwk: H.publicJwk, expires: NOW_S };
  expect([isOver(hub, later(599)), isOver(hub, later(600))]).toEqual([false, true]);
});
