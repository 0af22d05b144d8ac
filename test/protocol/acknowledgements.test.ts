import { expect, it } from 'vitest';
import {
  type AcknowledgementReader,
  signAcknowledgement,
  verifyAcknowledgement,
} from '../../src/protocol/acknowledgements.ts';
import type { Acknowledgement } from '../../src/protocol/messages.ts';
import { resign } from './forgery.ts';
import { A, ACK_ENVELOPE, ACK_READER, B, CERTIFICATE, commandJws, H, keyOf, M, NOW } from './parties.ts';

const STORED: Acknowledgement = { t: 'evt.ack', body: { seq: 41 } };
const later = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);
const jws = signAcknowledgement(STORED, ACK_ENVELOPE, H);
const codeOf = async (raw: string, changes: Partial<AcknowledgementReader> = {}) => {
  const result = await verifyAcknowledgement(raw, { ...ACK_READER, ...changes });
  return result.ok ? 'taken' : result.code;
};

it.each<Acknowledgement>([
  STORED,
  { t: 'cert.update', body: { cert: CERTIFICATE } },
  { t: 'drain', body: {} },
])('the hub says $t and the agent reads the same', async (message) => {
  const raw = signAcknowledgement(message, ACK_ENVELOPE, H);
  expect(await verifyAcknowledgement(raw, ACK_READER)).toEqual({ ok: true, n: 3, message });
});

it.each([
  ['REPLAY', 'an old one', jws, { afterN: 3 }],
  ['REPLAY', 'one of another connection', jws, { conn: 'con_019ab2c3-d4e5-7f60-8123-4567890000ff' }],
  ['EPOCH', 'one of another epoch', jws, { epoch: 2 }],
  ['EXPIRED', 'one after the certificate and its grace', jws, { now: later(86_400 + 600) }],
  ['taken', 'one within the grace', jws, { now: later(86_400 + 599) }],
  ['CLOCK_SKEW', 'one from a clock far ahead', jws, { now: later(-121) }],
  ['BAD_SIGNATURE', 'one of another hub', signAcknowledgement(STORED, ACK_ENVELOPE, M), {}],
  ['BAD_SIGNATURE', 'one signed by the bot itself', signAcknowledgement(STORED, ACK_ENVELOPE, B), {}],
  ['BAD_SIGNATURE', 'one that the agent signed', signAcknowledgement(STORED, ACK_ENVELOPE, A), {}],
  ['WRONG_AUDIENCE', 'one for another agent', jws, { agentId: 'ag_019ab2c3-d4e5-7f60-8123-4567890000ff' }],
  ['WRONG_AUDIENCE', 'one of another bot', jws, { botId: `bt_${keyOf(9).kid}` }],
  ['WRONG_TYPE', 'a command', commandJws(), {}],
  ['UNKNOWN_TYPE', 'a command in its form', resign(jws, { claims: { t: 'agent.unpair', body: {} } }, H), {}],
  ['BAD_PARAMS', 'a member too many', resign(jws, { claims: { body: { seq: 1, all: true } } }, H), {}],
])('%s: %s', async (code, _, raw, changes) => {
  expect(await codeOf(raw, changes)).toBe(code);
});

it('a wrong form is not signed', () => {
  expect(() => signAcknowledgement({ t: 'evt.ack', body: { seq: -1 } }, ACK_ENVELOPE, H)).toThrow('evt.ack');
});
